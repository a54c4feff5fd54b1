"""Suggestions by rules for English news: quotations, cue lexicons, speakers next to cues, interview turns. Pure."""
