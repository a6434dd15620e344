"""The ground floor: environment, clock, ids, cursors, the crossing, problems. No models; imports no app of ours."""
