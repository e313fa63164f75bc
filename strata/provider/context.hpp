#pragma once
// What the parts of one provider share. All of it outlives them.
#include <strata/base/jobs.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/outbox.hpp>
#include <strata/provider/sector_prover.hpp>
#include <strata/provider/sector_record.hpp>

namespace strata::provider {

struct Context {
    const ProviderConfig& config;
    ActorId miner = 0;
    MinerChain& chain;
    const std::shared_ptr<SectorProver>& prover;  // jobs hold it too: they may outlive the provider
    store::KeyValue& store;
    Jobs& jobs;
    crypto::RandomSource& random;
    SectorRecords& records;
    Outbox& outbox;

    SectorFiles files(SectorNumber number) const { return sector_files(config.folder, miner, number); }
};

/// Two epochs, a minute, after the first failure (storage.md §6.2), then twice as long each time.
inline ChainEpoch retry_delay(std::uint32_t failures) {
    return ChainEpoch{1} << std::min<std::uint32_t>(std::max<std::uint32_t>(failures, 1), 7);
}

/// Runs `work` as a job and gives its result when it is there; what is waited for goes to the wakeups. The work is
/// described by `make` only when the job has to be started.
template <class Make>
std::optional<Result<Bytes>> job_result(Jobs& jobs, const std::string& name, Jobs::Urgency urgency, ChainEpoch due,
                                        ChainEpoch now, Wakeups& wakeups, Make make) {
    if (!jobs.has(name)) jobs.start(name, due, urgency, make());
    auto result = jobs.take(name, now);
    if (!result) wakeups.wake_at(jobs.next_look(name, now));
    return result;
}

}  // namespace strata::provider
