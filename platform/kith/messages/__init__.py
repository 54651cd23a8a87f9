"""Messages: what the two people of a match write to each other and to who coordinates them."""
