"""The domain: what peer mentoring is. Knows no HTTP, no GraphQL and no queue."""
