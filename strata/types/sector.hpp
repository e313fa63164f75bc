#pragma once
// Defines registered proofs, sector sizes and the inputs of proof verification, as the syscalls take them. Source:
// docs/protocol/fvm.md §1.11; ref-fvm shared/src/sector/.
#include <strata/types/basic.hpp>

namespace strata {

enum class SectorSize : std::uint64_t {
    size_2KiB = 2048,
    size_8MiB = 8388608,
    size_512MiB = 536870912,
    size_32GiB = 34359738368,
    size_64GiB = 68719476736,
};

/// The number of a seal proof: 0..4 for V1, 5..9 for V1P1, 10..14 for V1P1 synthetic, 15..19 for V1P2 non-interactive;
/// the sizes 2K, 8M, 512M, 32G and 64G in each group.
enum class RegisteredSealProof : std::int64_t {};
/// The number of a PoSt proof: 0..4 for Winning, 5..9 for Window V1, 10..14 for Window V1P1; sizes as above.
enum class RegisteredPoStProof : std::int64_t {};
enum class RegisteredAggregateProof : std::int64_t { snark_pack_v1 = 0, snark_pack_v2 = 1 };
enum class RegisteredUpdateProof : std::int64_t {};

/// Returns the sector size of a registered proof. Errors: invalid_argument for a number that is not registered.
Result<SectorSize> sector_size(RegisteredSealProof proof);
Result<SectorSize> sector_size(RegisteredPoStProof proof);
Result<SectorSize> sector_size(RegisteredUpdateProof proof);
/// Returns the WindowPoSt type (V1P1) of a seal proof's sector size; winning_post_proof() returns the WinningPoSt type.
Result<RegisteredPoStProof> window_post_proof(RegisteredSealProof proof);
Result<RegisteredPoStProof> winning_post_proof(RegisteredSealProof proof);
bool is_synthetic(RegisteredSealProof proof);
bool is_non_interactive(RegisteredSealProof proof);
/// Returns the number of sectors in one WindowPoSt partition: 2, 2, 2, 2349 or 2300, by sector size.
Result<std::uint64_t> window_post_partition_sectors(RegisteredPoStProof proof);
/// Reads "2KiB", "8MiB", "512MiB", "32GiB" or "64GiB". Errors: invalid_argument.
Result<SectorSize> parse_sector_size(std::string_view text);
std::string_view sector_size_name(SectorSize size);

struct SectorId {
    ActorId miner = 0;
    SectorNumber number = 0;
    STRATA_CBOR_TUPLE(miner, number);
    friend auto operator<=>(const SectorId&, const SectorId&) = default;
};

struct PieceInfo {
    std::uint64_t size = 0;  // padded, a power of two, at least 128
    Cid cid;                 // CommP
    STRATA_CBOR_TUPLE(size, cid);
    friend bool operator==(const PieceInfo&, const PieceInfo&) = default;
};

struct PoStProof {
    RegisteredPoStProof proof{};
    Bytes bytes;
    STRATA_CBOR_TUPLE(proof, bytes);
    friend bool operator==(const PoStProof&, const PoStProof&) = default;
};

/// A sector as a PoSt names it, challenged or not.
struct PoStSectorInfo {
    RegisteredSealProof proof{};
    SectorNumber number = 0;
    Cid sealed_cid;
    STRATA_CBOR_TUPLE(proof, number, sealed_cid);
};

struct SealVerifyInfo {
    RegisteredSealProof proof{};
    SectorId sector;
    std::vector<DealId> deal_ids;
    Bytes randomness;              // 32 bytes: the ticket
    Bytes interactive_randomness;  // 32 bytes: the seed
    Bytes proof_bytes;
    Cid sealed_cid;    // CommR
    Cid unsealed_cid;  // CommD
    STRATA_CBOR_TUPLE(proof, sector, deal_ids, randomness, interactive_randomness, proof_bytes, sealed_cid,
                      unsealed_cid);
};

struct AggregateSealVerifyInfo {
    SectorNumber number = 0;
    Bytes randomness;
    Bytes interactive_randomness;
    Cid sealed_cid;
    Cid unsealed_cid;
    STRATA_CBOR_TUPLE(number, randomness, interactive_randomness, sealed_cid, unsealed_cid);
};

struct AggregateSealVerifyProofs {
    ActorId miner = 0;
    RegisteredSealProof seal_proof{};
    RegisteredAggregateProof aggregate_proof{};
    Bytes proof;
    std::vector<AggregateSealVerifyInfo> infos;
    STRATA_CBOR_TUPLE(miner, seal_proof, aggregate_proof, proof, infos);
};

struct WindowPoStVerifyInfo {
    Bytes randomness;
    std::vector<PoStProof> proofs;
    std::vector<PoStSectorInfo> challenged_sectors;
    ActorId prover = 0;
    STRATA_CBOR_TUPLE(randomness, proofs, challenged_sectors, prover);
};

struct ReplicaUpdateInfo {
    RegisteredUpdateProof update_proof{};
    Cid old_sealed_cid;
    Cid new_sealed_cid;
    Cid new_unsealed_cid;
    Bytes proof;
    STRATA_CBOR_TUPLE(update_proof, old_sealed_cid, new_sealed_cid, new_unsealed_cid, proof);
};

}  // namespace strata
