#pragma once
// What each action costs. One list so far: TEEP, network versions 25 to 28. Source: fvm.md §5; ref-fvm
// fvm/src/gas/price_list.rs. All results are in milligas; names are the reference's, as traces show them.
#include <strata/vm/gas.hpp>

namespace strata::vm::prices {

GasCharge on_chain_message(std::size_t length);
GasCharge on_chain_return_value(std::size_t size);
GasCharge on_value_transfer();
GasCharge on_method_invocation(std::size_t param_links);
GasCharge on_method_return(std::size_t return_links);
GasCharge on_create_actor(bool new_address);
GasCharge on_actor_lookup();
GasCharge on_actor_update();
GasCharge on_host_call();

GasCharge on_block_open_base();
GasCharge on_block_open(std::size_t size, std::size_t links);
GasCharge on_block_create(std::size_t size, std::size_t links);
GasCharge on_block_read(std::size_t size);
GasCharge on_block_link(std::size_t size);
GasCharge on_block_stat();
GasCharge on_scan_ipld(std::size_t fields, std::size_t links);
GasCharge on_get_root();
GasCharge on_set_root();

GasCharge on_verify_signature(SignatureKind kind, std::size_t size);
GasCharge on_verify_bls_aggregate(std::size_t keys, std::size_t total_size);
GasCharge on_recover_secp_public_key();
GasCharge on_hashing(HashCode code, std::size_t size);
GasCharge on_compute_unsealed_sector_cid();
GasCharge on_verify_seal();
GasCharge on_verify_post(std::size_t sectors);
GasCharge on_verify_aggregate_seals(RegisteredSealProof proof, std::size_t count);
GasCharge on_verify_replica_update();
GasCharge on_verify_consensus_fault();

GasCharge on_get_randomness(std::int64_t lookback);
GasCharge on_tipset_cid(std::int64_t lookback);
GasCharge on_event_emit(std::size_t entries, std::size_t key_bytes, std::size_t value_bytes);

}  // namespace strata::vm::prices
