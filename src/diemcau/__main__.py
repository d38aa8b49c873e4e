"""`python -m diemcau` is `diemcau`."""

from diemcau.cli import app

if __name__ == "__main__":
    app()
