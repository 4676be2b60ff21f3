"""Running a programme: sessions and their dates, who attends, what the class thinks of it, and its personal data."""
