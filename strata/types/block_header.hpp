#pragma once
// Defines block headers and tipset keys. Source: docs/protocol/node.md §2.1, §3.
#include <strata/types/message.hpp>
#include <strata/types/sector.hpp>

namespace strata {

struct Ticket {
    Bytes vrf_proof;
    STRATA_CBOR_TUPLE(vrf_proof);
    friend bool operator==(const Ticket&, const Ticket&) = default;
};

struct ElectionProof {
    std::int64_t win_count = 0;
    Bytes vrf_proof;
    STRATA_CBOR_TUPLE(win_count, vrf_proof);
    friend bool operator==(const ElectionProof&, const ElectionProof&) = default;
};

struct BeaconEntry {
    std::uint64_t round = 0;
    Bytes data;  // the signature of the round
    STRATA_CBOR_TUPLE(round, data);
    friend bool operator==(const BeaconEntry&, const BeaconEntry&) = default;
};

struct BlockHeader {
    Address miner;
    std::optional<Ticket> ticket;
    std::optional<ElectionProof> election_proof;
    std::vector<BeaconEntry> beacon_entries;
    std::vector<PoStProof> win_post_proof;
    std::vector<Cid> parents;
    BigInt parent_weight;
    ChainEpoch height = 0;
    Cid parent_state_root;
    Cid parent_message_receipts;
    Cid messages;
    std::optional<Signature> bls_aggregate;
    std::uint64_t timestamp = 0;
    std::optional<Signature> block_sig;
    std::uint64_t fork_signaling = 0;
    TokenAmount parent_base_fee;
    STRATA_CBOR_TUPLE(miner, ticket, election_proof, beacon_entries, win_post_proof, parents, parent_weight, height,
                      parent_state_root, parent_message_receipts, messages, bls_aggregate, timestamp, block_sig,
                      fork_signaling, parent_base_fee);
    static constexpr CborLimits kCborLimits = kWireLimits;
    /// Checks that the miner's address is within the limits of the wire format.
    Status check_decoded() const { return check_wire_address(miner); }
    friend bool operator==(const BlockHeader&, const BlockHeader&) = default;

    /// Returns the CID of the header with its signature.
    Cid cid() const;
    /// Returns the CBOR that the worker signs, in which block_sig is null.
    Bytes signing_bytes() const;
};

/// The CIDs of a tipset's blocks in tipset order. An empty key means the head in the API and no tipset
/// elsewhere.
class TipsetKey {
  public:
    TipsetKey() = default;
    explicit TipsetKey(std::vector<Cid> cids) : cids_(std::move(cids)) {}
    const std::vector<Cid>& cids() const { return cids_; }
    bool empty() const { return cids_.empty(); }
    /// Returns the concatenation of the CIDs.
    Bytes bytes() const;
    /// Reads the concatenation back. Errors: malformed.
    static Result<TipsetKey> from_bytes(BytesView bytes);
    std::string to_string() const;
    friend bool operator==(const TipsetKey&, const TipsetKey&) = default;
    friend auto operator<=>(const TipsetKey&, const TipsetKey&) = default;

  private:
    std::vector<Cid> cids_;
};

/// The form of a block in gossip: the header and the CIDs of its messages.
struct BlockMsg {
    BlockHeader header;
    std::vector<Cid> bls_messages;
    std::vector<Cid> secp_messages;
    STRATA_CBOR_TUPLE(header, bls_messages, secp_messages);
    static constexpr CborLimits kCborLimits = kWireLimits;
};

}  // namespace strata
