"""Who said what: each proposition with who claims it, who denies it, and who avoids saying either."""
