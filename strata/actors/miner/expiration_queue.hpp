#pragma once
// The queue of expirations of one partition's sectors: on time, or early after being faulty for too long. It is an AMT
// of ExpirationSet by epoch, and the epochs are rounded up by a QuantSpec. Source: docs/protocol/storage.md §4.5;
// builtin-actors v18 actors/miner/src/expiration_queue.rs.
#include <functional>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/miner/sectors.hpp>

namespace strata::actors::miner {

/// The sectors that leave at one epoch. A sector that leaves on time may be faulty; one that leaves early always is.
/// Entries written before FIP-0100 lack `fee_deduction`. Both forms are read, and the long one is written.
struct ExpirationSet {
    BitField on_time_sectors;
    BitField early_sectors;
    TokenAmount on_time_pledge;
    PowerPair active_power;
    PowerPair faulty_power;
    TokenAmount fee_deduction;

    void to_cbor(CborWriter& w) const;
    static Result<ExpirationSet> read_cbor(CborReader& r);
    bool empty() const { return on_time_sectors.empty() && early_sectors.empty(); }
    friend bool operator==(const ExpirationSet&, const ExpirationSet&) = default;
    std::uint64_t count() const { return on_time_sectors.count() + early_sectors.count(); }
};

inline bool any_negative(const PowerPair& power) {
    return power.raw.is_negative() || power.qa.is_negative();
}
/// Lists the numbers in a field of sectors or partitions. Aborts with illegal_state if no valid state has that many.
ActorResult<std::vector<std::uint64_t>> numbers_in(const BitField& field);

/// The numbers of some sectors, with the sums of their power, pledge and fees.
struct SectorTotals {
    std::vector<SectorNumber> numbers;
    PowerPair power;
    TokenAmount pledge;
    TokenAmount daily_fee;

    void add(SectorSize size, const SectorOnChainInfo& sector);
    void add(const SectorTotals& other);
    BitField field() const { return BitField::of(numbers); }
};

class ExpirationQueue {
  public:
    static ActorResult<ExpirationQueue> load(Runtime& rt, const Cid& root, const QuantSpec& quant);
    ActorResult<Cid> flush();

    /// Schedules healthy sectors on time.
    ActorResult<SectorTotals> add_active_sectors(SectorInfos sectors, SectorSize size);
    /// Moves healthy sectors to a different epoch. Their power does not change.
    Done reschedule_expirations(ChainEpoch new_expiration, SectorInfos sectors, SectorSize size);
    /// Marks healthy sectors faulty: those that would leave later than `new_expiration` leave early at that epoch.
    /// Returns the power that is faulty now.
    ActorResult<PowerPair> reschedule_as_faults(ChainEpoch new_expiration, SectorInfos sectors, SectorSize size);
    /// Marks all sectors faulty, in the same way.
    Done reschedule_all_as_faults(ChainEpoch fault_expiration);
    /// Makes sectors healthy again, so that they leave on time. Returns the recovered power.
    ActorResult<PowerPair> reschedule_recovered(SectorInfos sectors, SectorSize size);

    struct Replaced {
        BitField old_sectors;
        BitField new_sectors;
        PowerPair power_delta;
        TokenAmount pledge_delta;
        TokenAmount daily_fee_delta;
    };
    /// Replaces old sectors with new ones. All of them are healthy.
    ActorResult<Replaced> replace_sectors(SectorInfos old_sectors, SectorInfos new_sectors, SectorSize size);

    struct Removed {
        ExpirationSet sectors;
        PowerPair recovering_power;
    };
    /// Removes sectors, healthy or faulty, on time or early.
    ActorResult<Removed> remove_sectors(SectorInfos sectors, const BitField& faults, const BitField& recovering,
                                        SectorSize size);
    /// Removes and returns all entries up to `until`.
    ActorResult<ExpirationSet> pop_until(ChainEpoch until);

  private:
    // The sectors of a search that were found in one entry, with the entry.
    struct Group {
        ChainEpoch epoch = 0;
        SectorTotals found;
        ExpirationSet entry;
    };
    using Change = std::function<ActorResult<bool>(ExpirationSet& entry)>;

    ExpirationQueue(Runtime& rt, AmtArray<ExpirationSet> amt, const QuantSpec& quant)
        : rt_(&rt), amt_(std::move(amt)), quant_(quant) {}
    template <class T>
    ActorResult<T> checked(Result<T> result) {
        return rt_->check(std::move(result), ExitCode::illegal_state, "expiration queue");
    }
    ActorResult<ExpirationSet> entry_at(ChainEpoch epoch);
    Done put(ChainEpoch epoch, const ExpirationSet& entry);
    Done put_or_remove(ChainEpoch epoch, const ExpirationSet& entry);
    Done add(ChainEpoch raw_epoch, const ExpirationSet& more);
    ActorResult<SectorTotals> remove_active_sectors(SectorInfos sectors, SectorSize size);
    ActorResult<std::vector<Group>> find_sectors_by_expiration(SectorInfos sectors, SectorSize size);
    /// Walks the queue as long as `change` returns true. Entries that become empty are removed.
    Done change_while(const Change& change);

    Runtime* rt_;
    AmtArray<ExpirationSet> amt_;
    QuantSpec quant_;
};

}  // namespace strata::actors::miner
