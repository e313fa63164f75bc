#pragma once
// A miner's rewards that are still vesting: (epoch, amount) in the order of epochs, the first inline and the rest
// behind a link. Source: docs/protocol/storage.md §3, docs/protocol/fvm.md §8.8; builtin-actors v18
// actors/miner/src/{vesting_state,policy}.rs.
#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::miner {

struct VestSpec {
    ChainEpoch initial_delay = 0;
    ChainEpoch vest_period = 0;
    ChainEpoch step_duration = 0;
    ChainEpoch quantization = 0;
};
/// Vesting takes 180 days in daily steps, rounded to half days.
inline constexpr VestSpec kRewardVestingSpec{.initial_delay = 0,
                                             .vest_period = 180 * kEpochsInDay,
                                             .step_duration = kEpochsInDay,
                                             .quantization = 12 * kEpochsInHour};

struct VestingFund {
    ChainEpoch epoch = 0;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(epoch, amount);
};

class VestingFunds {
  public:
    struct Inner {
        VestingFund head;
        Cid tail;  // list of the others
        STRATA_CBOR_TUPLE(head, tail);
    };
    /// The stored form; empty if there are no funds.
    const std::optional<Inner>& inner() const { return inner_; }
    /// Returns all entries, for callers that only read the state. Errors: missing_block, malformed.
    Result<std::vector<VestingFund>> read(Blockstore& blocks) const;
    /// Returns all entries. Leaves out the first one if penalties have emptied it.
    ActorResult<std::vector<VestingFund>> load(Runtime& rt) const;
    /// Removes the funds that have vested before `epoch` and returns their sum.
    ActorResult<TokenAmount> unlock_vested_funds(Runtime& rt, ChainEpoch epoch);
    /// Adds `sum` along the schedule of `spec`, removes the funds that have vested before `epoch`, and returns their
    /// sum.
    ActorResult<TokenAmount> add_locked_funds(Runtime& rt, ChainEpoch epoch, const TokenAmount& sum,
                                              ChainEpoch proving_period_start, const VestSpec& spec);
    struct Unlocked {
        TokenAmount vested;
        TokenAmount unvested;
    };
    /// Removes the funds that have vested before `epoch`, and then up to `target` of the rest, soonest first.
    ActorResult<Unlocked> unlock_vested_and_unvested_funds(Runtime& rt, ChainEpoch epoch, TokenAmount target);

    void to_cbor(CborWriter& w) const { encode(w, inner_); }
    static Result<VestingFunds> read_cbor(CborReader& r) {
        VestingFunds out;
        STRATA_OK(decode(r, out.inner_));
        return out;
    }

  private:
    Done save(Runtime& rt, std::span<const VestingFund> funds);
    std::optional<Inner> inner_;
};

}  // namespace strata::actors::miner
