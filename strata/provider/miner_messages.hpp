#pragma once
// What the provider says to its miner actor, method and parameters. Source: storage.md §2, §4; fvm.md §8.8.
#include <strata/ipld/bitfield.hpp>
#include <strata/provider/sector_record.hpp>

namespace strata::provider {

struct MinerCall {
    MethodNumber method = 0;
    Bytes params;
};

MinerCall pre_commit_sectors(std::span<const SectorRecord> records);
/// Deals are told to the storage market. All or none: a sector whose deals are refused does not become active.
MinerCall prove_commit_sectors(std::span<const SectorRecord> records);

struct ProvenPartition {
    std::uint64_t index = 0;
    BitField skipped;  // sectors that turned out to be faulty
    STRATA_CBOR_TUPLE(index, skipped);
};
MinerCall submit_windowed_post(std::uint64_t deadline, const std::vector<ProvenPartition>& partitions,
                               const PoStProof& proof, ChainEpoch commit_epoch, const Hash256& commit_randomness);

struct SectorsOfPartition {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    BitField sectors;
    STRATA_CBOR_TUPLE(deadline, partition, sectors);
};
MinerCall declare_faults(std::vector<SectorsOfPartition> faults);
MinerCall declare_faults_recovered(std::vector<SectorsOfPartition> recoveries);
MinerCall withdraw_balance(const TokenAmount& amount);

}  // namespace strata::provider
