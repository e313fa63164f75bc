#pragma once
// Proves the sectors that are on chain, deadline by deadline: checks their files ahead of time and declares faults and
// recoveries, proves them when the challenge is known, and submits the proof while the window is open. Everything but
// the messages and proofs themselves is read from the chain each time. Source: docs/protocol/storage.md §4.
#include <strata/provider/context.hpp>
#include <strata/provider/deadline_records.hpp>

namespace strata::provider {

class DeadlineScheduler {
  public:
    explicit DeadlineScheduler(const Context& context) : context_(context) {}

    /// Reads the records.
    Status load();
    /// Publishes again those messages that had not landed when the program ended.
    void resume(ChainEpoch epoch);
    Status on_epoch(ChainEpoch epoch, Wakeups& wakeups);

  private:
    /// One window of a deadline, and the deadline as the head's state shows it.
    struct Opening {
        std::uint64_t deadline;
        ChainEpoch open;  // the window's first epoch
        const DeadlineView& view;
    };
    /// The content of a WindowPoSt message: partitions with their skipped sectors, and the sectors that it proves.
    struct Statement {
        std::vector<PoStPartition> partitions;
        std::vector<ProvingSector> sectors;
    };
    using BatchKey = std::pair<std::uint64_t, std::uint64_t>;  // deadline and first partition

    Status serve(const Opening& opening);

    // Looking ahead (deadline_scheduler_check.cpp).
    Status check(const Opening& opening);
    Status declare(const Opening& opening, CheckRecord& record, const BitField& bad);
    Status settle_declarations(const Opening& opening, CheckRecord& record);
    Result<std::optional<BitField>> bad_sectors(const Opening& opening, const CheckRecord& record);

    Status prove(const Opening& opening, std::uint64_t first_partition);
    Status make_proof(const Opening& opening, std::uint64_t first_partition, WindowRecord& record);
    std::optional<Result<Bytes>> window_job(const Opening& opening, std::uint64_t first_partition,
                                            const WindowRecord& record, RegisteredPoStProof proof_type);
    Status leave_out(BatchKey key, WindowRecord& record, std::span<const SectorNumber> faulty);
    Status submit(const Opening& opening, std::uint64_t first_partition, WindowRecord& record);
    Status settle(const Opening& opening, std::uint64_t first_partition, WindowRecord& record);
    Status prove_again(BatchKey key, WindowRecord& record, std::string_view why);
    Statement statement(const Opening& opening, std::uint64_t first_partition, const BitField& unprovable) const;
    /// Returns those of `sectors` that this provider has records of.
    std::vector<ProvingSector> held_sectors(const BitField& sectors) const;

    Status save(BatchKey key, const WindowRecord& record);
    Status save(std::uint64_t deadline, const CheckRecord& record);
    std::string window_key(BatchKey key) const;
    std::string check_key(std::uint64_t deadline) const;

    Context context_;
    std::map<BatchKey, WindowRecord> windows_;
    std::map<std::uint64_t, CheckRecord> checks_;
    ChainEpoch epoch_ = 0;
    Wakeups* wakeups_ = nullptr;
};

}  // namespace strata::provider
