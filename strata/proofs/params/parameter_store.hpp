#pragma once
// Groth16 keys by circuit and sector size, in one folder. Keys are made here from secrets that this machine drew, which
// makes them INSECURE: good for tests and local networks. Each key set is three files: .params, .vk and .meta, which is
// written last, says that the keys are insecure and names the digest of the .params file. A node of a public network
// must refuse a key set with `insecure`.
#include <map>
#include <mutex>

#include <strata/crypto/random.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/prover.hpp>

namespace strata::proofs {

struct KeySet {
    bool insecure = true;
    std::string digest;  // of the parameter file: 32 hexadecimal digits (proofs.md §15)
    Groth16Prover prover;
};

/// Thread-safe.
class ParameterStore {
  public:
    /// The folder is made when keys are.
    explicit ParameterStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    const std::filesystem::path& folder() const { return folder_; }
    /// Whether there is a whole key set.
    bool has(CircuitKind kind, std::uint64_t sector_size) const;
    /// Makes the key set unless it is there. Files appear whole or not at all.
    Status make(CircuitKind kind, std::uint64_t sector_size, crypto::RandomSource& random, const Watch& watch = {});
    /// Circuit and key, read once and kept. Errors: not_found; verification where the file's digest is another;
    /// malformed.
    Result<std::shared_ptr<const KeySet>> open(CircuitKind kind, std::uint64_t sector_size);
    /// The verifying key alone. Errors: not_found, malformed.
    Result<VerifyingKey> verifying_key(CircuitKind kind, std::uint64_t sector_size) const;
    /// Key sets of this folder that were made by this program, by the name of their files and with their digests.
    /// Errors: malformed.
    Result<std::vector<std::pair<std::string, std::string>>> insecure_keys() const;
    /// Forgets what is kept.
    void close();

  private:
    using Which = std::pair<CircuitKind, std::uint64_t>;
    Result<std::filesystem::path> path(CircuitKind kind, std::uint64_t sector_size, std::string_view ending) const;
    Result<std::shared_ptr<const KeySet>> read(CircuitKind kind, std::uint64_t sector_size) const;

    std::filesystem::path folder_;
    std::mutex mutex_;
    std::map<Which, std::shared_ptr<const KeySet>> open_;
};

}  // namespace strata::proofs
