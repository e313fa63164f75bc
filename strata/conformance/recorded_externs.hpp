#pragma once
// Vectors with messages of the VM share a way to write values, and rules for the world around the VM. Sources:
// vectors/fvm-nv28/README.md, docs/protocol/fvm.md §7.
#include <strata/conformance/json.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/externs.hpp>

namespace strata::conformance {

/// The randomness of epochs that the table of a vector lacks.
inline constexpr std::string_view kFallbackRandomness = "i_am_random_____i_am_random_____";

/// Returns a text; empty if there is none.
std::string text_at(const Json& object, const char* key);
/// Returns the CID of a link in DAG-JSON; undefined if it is not one.
Cid link_at(const Json& value);
/// Returns a number that is written as a text; -1 if it is not one.
BigInt amount_at(const Json& object, const char* key);

// The externs that the vectors define: randomness from a table, tipsets and faults by rules.
class RecordedExterns final : public vm::Externs {
  public:
    explicit RecordedExterns(const Json& rows);
    Result<Hash256> chain_randomness(ChainEpoch epoch) override { return at("chain", epoch); }
    Result<Hash256> beacon_randomness(ChainEpoch epoch) override { return at("beacon", epoch); }
    Result<Cid> tipset_cid(ChainEpoch epoch) override {
        return Cid::hash_of(Codec::dag_cbor, as_bytes("tipset " + std::to_string(epoch)));
    }
    Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView extra) override {
        // A fault of the vectors is "fault", the target (8 bytes), the epoch (8 bytes) and the kind (1 byte).
        constexpr std::string_view head = "fault";
        if (extra.size() < head.size() + 17 || !as_text(extra).starts_with(head))
            return std::optional<vm::ConsensusFault>{};
        const auto* body = extra.data() + head.size();
        if (body[16] < 1 || body[16] > 3) return std::optional<vm::ConsensusFault>{};
        return std::optional(vm::ConsensusFault{load_be<std::uint64_t>(body),
                                                static_cast<ChainEpoch>(load_be<std::uint64_t>(body + 8)),
                                                static_cast<vm::ConsensusFault::Kind>(body[16])});
    }

  private:
    Result<Hash256> at(const std::string& kind, ChainEpoch epoch) const {
        if (const auto it = table_.find({kind, epoch}); it != table_.end()) return it->second;
        Hash256 out;
        std::ranges::copy(as_bytes(kFallbackRandomness), out.begin());
        return out;
    }
    std::map<std::pair<std::string, ChainEpoch>, Hash256> table_;
};

}  // namespace strata::conformance
