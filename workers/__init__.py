"""What happens later: the outbox's relay, the jobs it hands out, the timetable and what follows facts."""
