"""What a change is, what may be asked and who may decide: standard library only."""
