"""The ground floor: environment, clock, ids, cursors, the crossing, problems. No models; imports only Django and libraries."""
