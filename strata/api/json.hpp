#pragma once
// Converts values to JSON as Lotus prints them, and parameters from JSON as its clients send them. The .cpp files that
// include this header include nlohmann/json.hpp too; headers only name the type, because nlohmann/json.hpp is large.
// Source: docs/protocol/node.md §28.4 (lotus api, chain/types, go-state-types).
#include <nlohmann/json_fwd.hpp>

#include <concepts>

#include <strata/api/network.hpp>
#include <strata/chain/tipset.hpp>

namespace strata {
class BitField;
namespace vm {
struct ActorState;
}
namespace actors::market {
struct Deal;
}  // namespace actors::market
namespace actors::miner {
struct BeneficiaryTerm;
struct PendingBeneficiaryChange;
struct SectorOnChainInfo;
}  // namespace actors::miner
namespace actors::read {
struct Escrow;
}
namespace actors::verifreg {
struct Allocation;
struct Claim;
}  // namespace actors::verifreg
}  // namespace strata

namespace strata::api {

using Json = nlohmann::json;

/// Prints values as JSON. Names are the fields of Lotus' Go types; a nil slice or pointer is null there and here.
class Printer {
  public:
    /// Makes a printer. `prefix` is the first letter of addresses: 'f' on mainnet, 't' elsewhere.
    explicit Printer(char prefix) : prefix_(prefix) {}

    Json operator()(const Cid& cid) const;
    /// Prints an address; "<empty>" for the undefined one.
    Json operator()(const Address& address) const;
    Json operator()(ActorId) const = delete;
    Json operator()(const BigInt& number) const;
    Json operator()(BytesView bytes) const;
    /// Prints the run lengths of zeros and ones in turn, beginning with zeros.
    Json operator()(const BitField& field) const;
    Json operator()(const Signature& signature) const;
    Json operator()(const Message& message) const;
    Json operator()(const SignedMessage& message) const;
    Json operator()(const Receipt& receipt) const;
    Json operator()(const BlockHeader& header) const;
    Json operator()(const BeaconEntry& entry) const;
    Json operator()(const chain::Tipset& tipset) const;
    Json operator()(const chain::TipsetPtr& tipset) const;
    Json operator()(const TipsetKey& key) const;
    Json operator()(const vm::ActorState& actor) const;
    Json operator()(const actors::miner::SectorOnChainInfo& sector) const;
    Json operator()(const actors::miner::BeneficiaryTerm& term) const;
    Json operator()(const actors::miner::PendingBeneficiaryChange& change) const;
    Json operator()(const actors::market::Deal& deal) const;
    Json operator()(const actors::read::Escrow& escrow) const;
    Json operator()(const actors::verifreg::Allocation& allocation) const;
    Json operator()(const actors::verifreg::Claim& claim) const;
    // Templates take Json as a parameter, J, because the type is incomplete here.
    template <class T, class J = Json>
    J operator()(const std::optional<T>& value) const {
        return value ? J((*this)(*value)) : J();
    }

    std::string text(const Address& address) const {
        return address.defined() ? address.to_string(prefix_) : std::string("<empty>");
    }
    /// Gives the addresses in a text this network's first letter: the layers that make errors do not know the network.
    std::string with_prefix(std::string text) const;
    Json id(ActorId actor) const;
    /// Prints a list; [] if it is empty.
    template <class T, class J = Json>
    J list(const std::vector<T>& values) const {
        J out = J::array();
        for (const auto& value : values) out.push_back((*this)(value));
        return out;
    }
    /// Prints a list; null if it is empty, as Go prints a slice that was read from CBOR.
    template <class T, class J = Json>
    J list_or_null(const std::vector<T>& values) const {
        return values.empty() ? J() : list(values);
    }
    Json bytes_or_null(BytesView bytes) const;

  private:
    char prefix_;
};

/// The additional settings of GasEstimateMessageGas and MpoolPushMessage.
struct SendSpec {
    TokenAmount max_fee;            // 0 means the node's default
    bool maximize_fee_cap = false;  // the fee cap becomes what max_fee allows
    std::string uuid;               // in lower case; empty if there is none
};

/// A message that the answer repeats. Go distinguishes empty Params from absent ones, so the answer must, too.
struct Draft {
    Message message;
    bool has_params = false;
};

/// The message pool's settings, as MpoolGetConfig and MpoolSetConfig have them. Source: lotus chain/types/mpool.go.
struct PoolConfig {
    std::int64_t high = 0;
    std::int64_t low = 0;
    double replace_by_fee_ratio = 0;
    std::int64_t prune_cooldown = 0;  // nanoseconds
    double gas_limit_overestimation = 0;
};

/// A private key as wallet::parse_key reads it.
struct KeyRecord {
    std::string json;
};

/// Holds the members of SectorPreCommitInfo that its pledge depends on.
struct PledgedSector {
    std::int64_t seal_proof = 0;
    ChainEpoch expiration = 0;
    std::vector<std::uint64_t> deal_ids;
};

// These functions read parameters from JSON. Errors: malformed. Members that are absent or null keep their zero value,
// and names are compared without regard to case if none matches exactly, as in Go's encoding/json.
Status read(const Json& from, bool& to);
Status read(const Json& from, std::int64_t& to);
Status read(const Json& from, std::uint64_t& to);
Status read(const Json& from, double& to);
Status read(const Json& from, std::string& to);
Status read(const Json& from, Bytes& to);
Status read(const Json& from, Cid& to);
/// Reads an address. null, "" and "<empty>" are the undefined address, as in go-address. IDs and f4 namespaces
/// must be less than 2^63, as there.
Status read(const Json& from, Address& to);
/// Reads a string of decimal digits with an optional sign, as Go's big.Int does.
Status read(const Json& from, BigInt& to);
Status read(const Json& from, TipsetKey& to);
Status read(const Json& from, BitField& to);
Status read(const Json& from, Signature& to);
Status read(const Json& from, Message& to);
Status read(const Json& from, Draft& to);
Status read(const Json& from, SignedMessage& to);
Status read(const Json& from, SendSpec& to);
Status read(const Json& from, PoolConfig& to);
Status read(const Json& from, PeerAddresses& to);
Status read(const Json& from, KeyRecord& to);
Status read(const Json& from, Ticket& to);
Status read(const Json& from, ElectionProof& to);
Status read(const Json& from, BeaconEntry& to);
Status read(const Json& from, PoStProof& to);
Status read(const Json& from, BlockHeader& to);
Status read(const Json& from, BlockMsg& to);
Status read(const Json& from, PledgedSector& to);
template <std::same_as<Json> J, class T>
Status read(const J& from, std::optional<T>& to) {
    if (from.is_null()) {
        to.reset();
        return {};
    }
    return read(from, to.emplace());
}

/// Returns the member with exactly this name, or otherwise the first one whose name differs in case only, as Go's
/// encoding/json finds it. Null if there is none, or if `object` is not an object.
const Json* find_member(const Json& object, std::string_view name);

template <std::same_as<Json> J, class T>
Status read(const J& from, std::vector<T>& to) {
    to.clear();
    if (from.is_null()) return {};
    if (!from.is_array())
        return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected a list");
    for (const auto& item : from) {
        STRATA_OK(read(item, to.emplace_back()));
    }
    return {};
}

/// Reads a member of an object; an absent or null one leaves `to` unchanged. The error names the member.
template <std::same_as<Json> J, class T>
Status read_member(const J& object, const char* name, T& to) {
    const J* found = find_member(object, name);
    if (found == nullptr || found->is_null()) return {};
    if (auto done = read(*found, to); !done) return std::move(done).error().with_context(name);
    return {};
}

}  // namespace strata::api
