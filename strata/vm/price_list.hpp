#pragma once
// Gives the prices of all actions, by network version. Source: docs/protocol/fvm.md §5; ref-fvm
// fvm/src/gas/price_list.rs. All prices and results are in milligas; the names of the charges are the reference's, as
// its traces show them.
#include <array>

#include <strata/vm/gas.hpp>

namespace strata::vm {

/// The price of an aggregate of seals: a price for each proof, and one for the size of the aggregate.
struct AggregatePrice {
    struct Step {
        std::uint64_t from = UINT64_MAX;  // the smallest number of proofs that pays this step
        Milligas cost = 0;
    };
    Milligas per_proof = 0;
    std::array<Step, 8> steps;  // in ascending order of `from`; fewer proofs than the first step requires pay no step
};

/// The bytes that one element of a table counts for in an instance's memory (price_list.rs TABLE_ELEMENT_SIZE).
inline constexpr std::uint64_t kTableElementSize = 8;

/// The prices for one network version.
struct PriceList {
    Milligas chain_message;                // for each message in a block, with its gas lookup
    Milligas chain_message_update;         // the sender's record is written
    Milligas storage_per_byte;             // of a message or return value on chain
    std::uint64_t chain_message_overhead;  // bytes of a message's entry besides the message
    Milligas value_transfer;
    Milligas method_invocation;   // in generation 2: for a call that runs code, without value
    Milligas call = 0;            // generation 2: for a call that runs no code, without value
    Milligas plain_transfer = 0;  // generation 2: in addition, for value that moves and runs no code
    Milligas create_actor_compute = 0;
    Milligas create_actor;
    Milligas delete_actor_refund = 0;  // generation 2 gives back what the deleted record took
    Milligas new_address;              // in addition, for an actor that a send creates
    Milligas actor_lookup;
    Milligas actor_update;
    Milligas host_call;
    Milligas guest_memory_per_byte;  // for each byte by which the memory of an instance grows

    Milligas memory_copy_per_byte;
    Milligas memory_allocate_per_byte;
    Milligas memory_retention_per_byte;  // the least that a block pays for each byte it keeps; 0: its copy is its price
    Milligas per_link;                   // for tracking a reachable link
    Milligas block_open_compute;
    Milligas block_open_read;
    Milligas block_link;
    Milligas block_link_compute = 0;
    Milligas block_link_compute_per_byte;  // for copies and the hash
    Milligas block_link_per_byte;
    Milligas scan_per_field;
    Milligas scan_per_link;
    Milligas root_access;

    Milligas verify_bls;
    Milligas verify_bls_per_byte;
    Milligas verify_secp;
    Milligas verify_secp_per_byte;
    Milligas aggregate_pairing;  // for each key, and once for the aggregate
    Milligas aggregate_per_byte;
    Milligas hashing = 0;       // for each hash, of any length
    Milligas blake2b_per_byte;  // also for hash functions that have no price of their own
    Milligas sha256_per_byte;
    Milligas keccak_per_byte;
    Milligas ripemd_per_byte;
    Milligas unsealed_sector_cid;
    Milligas verify_seal;
    Milligas verify_post;
    Milligas verify_post_per_sector;
    Milligas verify_replica_update;
    Milligas verify_consensus_fault;
    AggregatePrice aggregate_32gib;  // also for proofs that have no price of their own
    AggregatePrice aggregate_64gib;
    AggregatePrice aggregate_32gib_non_interactive;
    AggregatePrice aggregate_64gib_non_interactive;

    Milligas lookback;
    Milligas lookback_per_epoch;
    Milligas mixing_per_byte = 0;   // generation 3: the VM mixes the randomness
    Milligas last_tipset_cid = 0;   // generation 3: of the epoch before; if 0, `lookback` is the price
    Milligas older_tipset_cid = 0;  // generation 3: of other epochs
    Milligas event;                 // generation 3: for the check of the encoded event
    Milligas event_per_byte = 0;    // generation 3
    Milligas event_per_entry;
    Milligas utf8;
    Milligas utf8_per_byte;

    GasCharge on_chain_message(std::size_t length) const;
    GasCharge on_chain_return_value(std::size_t size) const;
    /// Returns the one charge that a call has in generation 2. The two below are those of later generations.
    GasCharge on_call(bool moves_value, bool runs_code) const;
    GasCharge on_value_transfer() const;
    GasCharge on_method_invocation(std::size_t param_links) const;
    GasCharge on_method_return(std::size_t return_links) const;
    GasCharge on_create_actor(bool with_new_address) const;
    GasCharge on_actor_lookup() const;
    GasCharge on_actor_update() const;
    GasCharge on_host_call() const;
    /// Return the charges for the memory and the exported table with which an instance starts.
    GasCharge on_memory_init(std::uint64_t bytes) const;
    GasCharge on_table_init(std::uint64_t elements) const;

    GasCharge on_block_open_base() const;
    GasCharge on_block_open(std::size_t size, std::size_t links) const;
    GasCharge on_block_create(std::size_t size, std::size_t links) const;
    GasCharge on_block_read(std::size_t size) const;
    GasCharge on_block_link(std::size_t size) const;
    GasCharge on_block_stat() const;
    GasCharge on_scan_ipld(std::size_t fields, std::size_t links) const;
    GasCharge on_get_root() const;
    GasCharge on_set_root() const;

    GasCharge on_verify_signature(SignatureKind kind, std::size_t size) const;
    GasCharge on_verify_bls_aggregate(std::size_t keys, std::size_t total_size) const;
    GasCharge on_recover_secp_public_key() const;
    GasCharge on_hashing(HashCode code, std::size_t size) const;
    GasCharge on_compute_unsealed_sector_cid() const;
    GasCharge on_verify_seal() const;
    GasCharge on_verify_post(std::size_t sectors) const;
    GasCharge on_verify_aggregate_seals(RegisteredSealProof proof, std::size_t count) const;
    GasCharge on_verify_replica_update() const;
    GasCharge on_verify_consensus_fault() const;

    /// Returns the charge for randomness. `distance` is the number of epochs back from now; it is negative for a future
    /// epoch, which costs more gas than a block can have.
    GasCharge on_get_randomness(std::int64_t distance) const;
    GasCharge on_tipset_cid(std::int64_t distance) const;
    /// Returns the charge for mixing randomness with `entropy` bytes of the actor's, in generation 3.
    GasCharge on_mix_randomness(std::size_t entropy) const;
    GasCharge on_event_emit(std::size_t entries, std::size_t key_bytes, std::size_t value_bytes) const;
    /// Return the charges for an encoded event of generation 3: for its check, and for keeping it.
    GasCharge on_event_check(std::size_t size) const;
    GasCharge on_event_keep(std::size_t size) const;
};

/// Returns the prices for a version, or nullptr if they are not known here (Executor::open refuses such a version).
const PriceList* find_price_list(NetworkVersion version);
/// Returns the prices for a version that find_price_list() knows (checked).
const PriceList& price_list(NetworkVersion version);

}  // namespace strata::vm
