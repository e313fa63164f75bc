#pragma once
// Parameters and returns of proving, faults, terminations and funds. Source: docs/protocol/fvm.md §8.8,
// docs/protocol/storage.md §2-4; builtin-actors v18 actors/miner/src/types.rs, limits from
// runtime/src/runtime/policy.rs.
#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

inline constexpr ChainEpoch kMaxChainCommitAge = 60;
inline constexpr ChainEpoch kConsensusFaultIneligibility = kChainFinality;

// The limits on what one message may touch.
inline constexpr std::uint64_t kAddressedPartitionsMax = 3000;
inline constexpr std::uint64_t kAddressedSectorsMax = 25'000;
inline constexpr std::uint64_t kPostedPartitionsMax = 3;

struct PoStPartition {
    std::uint64_t index = 0;
    BitField skipped;
    STRATA_CBOR_TUPLE(index, skipped);
};
struct SubmitWindowedPoStParams {
    std::uint64_t deadline = 0;
    std::vector<PoStPartition> partitions;
    std::vector<PoStProof> proofs;
    ChainEpoch chain_commit_epoch = 0;
    Bytes chain_commit_rand;
    STRATA_CBOR_TUPLE(deadline, partitions, proofs, chain_commit_epoch, chain_commit_rand);
};
struct DisputeWindowedPoStParams {
    std::uint64_t deadline = 0;
    std::uint64_t post_index = 0;
    STRATA_CBOR_TUPLE(deadline, post_index);
};

/// Sectors of one partition, as terminations, faults and recoveries declare them.
struct SectorDeclaration {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    BitField sectors;
    STRATA_CBOR_TUPLE(deadline, partition, sectors);
};
struct TerminateSectorsParams {
    std::vector<SectorDeclaration> terminations;
    STRATA_CBOR_TUPLE(terminations);
};
struct TerminateSectorsReturn {
    bool done = false;
    STRATA_CBOR_TUPLE(done);
};
struct DeclareFaultsParams {
    std::vector<SectorDeclaration> faults;
    STRATA_CBOR_TUPLE(faults);
};
struct DeclareFaultsRecoveredParams {
    std::vector<SectorDeclaration> recoveries;
    STRATA_CBOR_TUPLE(recoveries);
};
struct CompactPartitionsParams {
    std::uint64_t deadline = 0;
    BitField partitions;
    STRATA_CBOR_TUPLE(deadline, partitions);
};
struct CompactSectorNumbersParams {
    BitField mask_sector_numbers;
    STRATA_CBOR_TUPLE(mask_sector_numbers);
};
struct ReportConsensusFaultParams {
    Bytes header_1;
    Bytes header_2;
    Bytes header_extra;
    STRATA_CBOR_TUPLE(header_1, header_2, header_extra);
};
struct CheckSectorProvenParams {
    SectorNumber sector_number = 0;
    STRATA_CBOR_TUPLE(sector_number);
};

struct WithdrawBalanceParams {
    TokenAmount amount_requested;
    STRATA_CBOR_TUPLE(amount_requested);
};
struct ApplyRewardParams {
    TokenAmount reward;
    TokenAmount penalty;
    STRATA_CBOR_TUPLE(reward, penalty);
};
struct GetControlAddressesReturn {
    Address owner;
    Address worker;
    std::vector<Address> control_addresses;
    STRATA_CBOR_TUPLE(owner, worker, control_addresses);
};

}  // namespace strata::actors::miner
