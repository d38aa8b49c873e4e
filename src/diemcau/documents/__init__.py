"""What is signed: minutes, notice of conclusions, attendance list and each site's article."""
