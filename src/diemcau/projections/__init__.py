"""What people read: views of the journal that can be thrown away and rebuilt at will."""
