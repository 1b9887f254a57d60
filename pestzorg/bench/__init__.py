"""The benchmark: a country of made-up schools, the real lists and checks, and stock guardian beside them."""
