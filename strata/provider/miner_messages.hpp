#pragma once
// The messages that a provider sends to its miner actor: methods and parameters. Source: docs/protocol/storage.md §2,
// §4; docs/protocol/fvm.md §8.8.
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/provider/sector_record.hpp>

namespace strata::provider {

using actors::miner::PoStPartition;
using actors::miner::SectorDeclaration;

inline constexpr MethodNumber kSubmitWindowedPoSt = 5;
inline constexpr MethodNumber kDeclareFaults = 10;
inline constexpr MethodNumber kDeclareFaultsRecovered = 11;
inline constexpr MethodNumber kWithdrawBalance = 16;
inline constexpr MethodNumber kPreCommitSectorBatch2 = 28;
inline constexpr MethodNumber kProveCommitSectors3 = 34;

struct MinerCall {
    MethodNumber method = 0;
    Bytes params;
};

MinerCall pre_commit_sectors(std::span<const SectorRecord> records);
/// The message also tells the storage market of the deals. If the market refuses a deal, the message fails and none of
/// the sectors becomes active.
MinerCall prove_commit_sectors(std::span<const SectorRecord> records);
MinerCall submit_windowed_post(std::uint64_t deadline, const std::vector<PoStPartition>& partitions,
                               const PoStProof& proof, ChainEpoch commit_epoch, const Hash256& commit_randomness);
MinerCall declare_faults(std::vector<SectorDeclaration> faults);
MinerCall declare_faults_recovered(std::vector<SectorDeclaration> recoveries);
MinerCall withdraw_balance(const TokenAmount& amount);

}  // namespace strata::provider
