#pragma once
// The collaborators that the parts of one provider share. They must outlive the parts.
#include <strata/base/jobs.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/miner_chain.hpp>
#include <strata/provider/outbox.hpp>
#include <strata/provider/sector_prover.hpp>
#include <strata/provider/sector_record.hpp>

namespace strata::provider {

struct Context {
    const ProviderConfig& config;
    ActorId miner = 0;
    MinerChain& chain;
    const std::shared_ptr<SectorProver>& prover;  // shared with jobs, which may outlive the provider
    store::KeyValue& store;
    Jobs& jobs;
    crypto::RandomSource& random;
    SectorRecords& records;
    Outbox& outbox;

    SectorFiles files(SectorNumber number) const { return sector_files(config.folder, miner, number); }
};

/// Returns how long to wait after `failures` failures in a row: two epochs (a minute, docs/protocol/storage.md §6.2),
/// then twice as long each time, at most 128 epochs.
inline ChainEpoch retry_delay(std::uint32_t failures) {
    return ChainEpoch{1} << std::min<std::uint32_t>(std::max<std::uint32_t>(failures, 1), 7);
}

/// Hands out the result of a job, once. While the job runs, returns an empty optional and notes in `wakeups` when to
/// look again. If there is no job of this name, one is started with what `make` returns.
template <class Make>
std::optional<Result<Bytes>> job_result(Jobs& jobs, const std::string& name, Jobs::Urgency urgency, ChainEpoch due,
                                        ChainEpoch now, Wakeups& wakeups, Make make) {
    if (!jobs.has(name)) jobs.start(name, due, urgency, make());
    auto result = jobs.take(name, now);
    if (!result) wakeups.wake_at(jobs.next_look(name, now));
    return result;
}

}  // namespace strata::provider
