#pragma once
// The heavy work on sectors: layers, trees, proofs. Calls come from job threads, several at a time, but never two for
// the same sector's sealing. Outside tests, proofs_prover.hpp implements it.
#include <atomic>
#include <filesystem>

#include <strata/crypto/random.hpp>
#include <strata/types/sector.hpp>

namespace strata::provider {

/// The files of a sector, with the names that other implementations use. Source: docs/protocol/storage.md §7.
struct SectorFiles {
    std::filesystem::path unsealed, sealed, cache;
};
SectorFiles sector_files(const std::filesystem::path& folder, ActorId miner, SectorNumber number);

struct SealWork {
    RegisteredSealProof proof{};
    ActorId miner = 0;
    SectorNumber number = 0;
    Hash256 ticket{};
    std::vector<PieceInfo> pieces;  // they cover the whole sector; empty for a sector without data
    Hash256 comm_d{};
    SectorFiles files;
};

/// A sector that a proof of spacetime covers.
struct ProvingSector {
    RegisteredSealProof proof{};
    SectorNumber number = 0;
    Hash256 comm_r{};
    SectorFiles files;
    STRATA_CBOR_TUPLE(proof, number, comm_r);
};

struct WindowWork {
    RegisteredPoStProof proof{};
    ActorId miner = 0;
    Hash256 randomness{};
    std::vector<ProvingSector> sectors;  // ascending
};
struct WindowProof {
    Bytes proof;                       // empty if any sector could not be proven
    std::vector<SectorNumber> faulty;  // those that could not be proven
    STRATA_CBOR_TUPLE(proof, faulty);
};

class SectorProver {
  public:
    using Stop = std::atomic<bool>;
    virtual ~SectorProver() = default;

    virtual Status pre_commit_1(const SealWork& work, const Stop& stop) = 0;
    /// Returns CommR.
    virtual Result<Hash256> pre_commit_2(const SealWork& work, const Stop& stop) = 0;
    /// Returns the proof after verifying it. Errors: verification if it is not valid.
    virtual Result<Bytes> commit(const SealWork& work, const Hash256& comm_r, const Hash256& seed,
                                 crypto::RandomSource& random, const Stop& stop) = 0;
    /// Removes the files that only sealing needed. May be repeated.
    virtual Status finalize(const SealWork& work) = 0;
    /// Removes the files that a failed attempt left.
    virtual Status start_over(const SealWork& work) = 0;

    /// The new proof is verified, as in commit().
    virtual Result<WindowProof> prove_window(const WindowWork& work, crypto::RandomSource& random,
                                             const Stop& stop) = 0;
    virtual Result<Bytes> prove_winning(RegisteredPoStProof proof, ActorId miner, const Hash256& randomness,
                                        const ProvingSector& sector, crypto::RandomSource& random) = 0;
    /// Checks that the sector's files are present and intact, by reading the places that `randomness` chooses. Errors:
    /// verification, io and malformed if they are not.
    virtual Status check(RegisteredPoStProof proof, const Hash256& randomness, const ProvingSector& sector) = 0;
};

}  // namespace strata::provider
