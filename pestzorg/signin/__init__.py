"""How people sign in and stay signed in: sessions, second factor, fresh sign-in, limits on tries. Knows no case."""
