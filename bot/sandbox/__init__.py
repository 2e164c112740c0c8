"""A local world to rehearse in; production never imports it."""
