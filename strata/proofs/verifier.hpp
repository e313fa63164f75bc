#pragma once
// Proofs as the chain carries them, from their public values to a verdict. Thread-safe; the same proof is checked once,
// since every node of one process asks for every block.
#include <filesystem>
#include <list>
#include <map>
#include <set>

#include <strata/base/mutex.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/verifier.hpp>
#include <strata/types/sector.hpp>

namespace strata::proofs {

/// The verifying keys of one folder, under their published names (proofs.md §15), each read when first asked for.
class VerifyingKeys {
  public:
    explicit VerifyingKeys(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: not_found; malformed.
    Result<std::shared_ptr<const Groth16Verifier>> of(CircuitKind kind, std::uint64_t sector_size);

  private:
    std::filesystem::path folder_;
    Mutex mutex_;
    std::map<std::pair<CircuitKind, std::uint64_t>, std::shared_ptr<const Groth16Verifier>> read_
        STRATA_GUARDED_BY(mutex_);
};

/// Which proofs were found good, the latest of them.
class VerifiedProofs {
  public:
    static constexpr std::size_t kMost = 4096;
    bool has(const Hash256& proof);
    void add(const Hash256& proof);

  private:
    Mutex mutex_;
    std::set<Hash256> known_ STRATA_GUARDED_BY(mutex_);
    std::list<Hash256> order_ STRATA_GUARDED_BY(mutex_);
};

/// Errors of all: verification where a proof is wrong; invalid_argument, malformed, non_canonical for values that no
/// proof can be about; not_found without the circuit's key.
class Verifier {
  public:
    explicit Verifier(std::filesystem::path keys) : keys_(std::move(keys)) {}

    /// All partitions. Non-interactive seals come as aggregates only and are refused here.
    Status verify_seal(const SealVerifyInfo& info);
    Status verify_window_post(const WindowPoStVerifyInfo& info);
    Status verify_winning_post(const WindowPoStVerifyInfo& info);
    Status verify_replica_update(const ReplicaUpdateInfo& info);

  private:
    Status check(CircuitKind kind, std::uint64_t sector_size, BytesView proofs, std::span<const PublicInputs> inputs);
    Status verify_post(const WindowPoStVerifyInfo& info, CircuitKind kind);

    VerifyingKeys keys_;
    VerifiedProofs verified_;
};

}  // namespace strata::proofs
