"""Điểm Cầu: open, self-hosted software for nationwide conferences of many halls."""
