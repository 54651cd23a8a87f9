"""The GraphQL face: types that declare what they show, and mutations that call operations."""
