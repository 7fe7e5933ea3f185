"""What every door relies on: nothing is lost, nothing is answered twice, order is kept."""
