#pragma once
// Verifies proofs as the chain carries them, from their public values to a verdict. Thread-safe. The same proof is
// checked only once, because every node of one process asks for every block.
#include <filesystem>
#include <list>
#include <set>

#include <strata/base/load_once.hpp>
#include <strata/base/mutex.hpp>
#include <strata/types/sector.hpp>

namespace strata::crypto {
class Fr;
}

namespace strata::proofs {

class Groth16Verifier;
enum class CircuitKind : std::uint8_t;

/// Holds the verifying keys of one folder, under their published names (docs/protocol/proofs.md §15). Each is read when
/// it is first needed.
class VerifyingKeys {
  public:
    explicit VerifyingKeys(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: not_found if the folder has no such file; io if it cannot be read or is damaged; invalid_argument if
    /// there is no such circuit.
    Result<std::shared_ptr<const Groth16Verifier>> of(CircuitKind kind, std::uint64_t sector_size);

  private:
    std::filesystem::path folder_;
    LoadOnce<std::pair<CircuitKind, std::uint64_t>, Groth16Verifier> keys_;
};

/// Remembers the latest checks that succeeded, each by a hash of the key, the proof and its public inputs.
class VerifiedProofs {
  public:
    static constexpr std::size_t kMaxKnown = 4096;
    bool has(const Hash256& check);
    void add(const Hash256& check);

  private:
    Mutex mutex_;
    std::set<Hash256> known_ STRATA_GUARDED_BY(mutex_);
    std::list<Hash256> order_ STRATA_GUARDED_BY(mutex_);
};

/// Returns what a check says about the proof: true if the check succeeded; false if the proof is wrong, or if no proof
/// can exist for its public values. Errors: io (the key is missing or unreadable), internal. They are fatal, so that no
/// caller mistakes them for a verdict.
Result<bool> verdict(const Status& checked);

/// Errors of all checks: verification for a wrong proof; invalid_argument, malformed, non_canonical and the like if no
/// proof can exist for the public values; not_found or io if the circuit's key is missing or unreadable. verdict()
/// tells these kinds apart.
class Verifier {
  public:
    explicit Verifier(std::filesystem::path keys) : keys_(std::move(keys)) {}

    /// Reads the key of a circuit ahead of the first check, so that a missing or damaged key is found early. Errors:
    /// those of VerifyingKeys::of.
    Status load_key(CircuitKind kind, std::uint64_t sector_size);

    /// Checks all partitions. A non-interactive seal comes only in an aggregate and is refused here.
    Status verify_seal(const SealVerifyInfo& info);
    Status verify_window_post(const WindowPoStVerifyInfo& info);
    Status verify_winning_post(const WindowPoStVerifyInfo& info);
    Status verify_replica_update(const ReplicaUpdateInfo& info);

  private:
    Status check(CircuitKind kind, std::uint64_t sector_size, BytesView proofs,
                 std::span<const std::vector<crypto::Fr>> inputs);
    Status verify_post(const WindowPoStVerifyInfo& info, CircuitKind kind);

    VerifyingKeys keys_;
    VerifiedProofs verified_;
};

}  // namespace strata::proofs
