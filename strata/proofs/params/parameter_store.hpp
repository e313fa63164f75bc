#pragma once
// Groth16 keys by circuit and sector size, in one folder. Keys are made here from secrets that this machine drew, which
// makes them INSECURE: good only for tests and local networks. Each key set is three files: .params (the proving key,
// which begins with the verifying key), .vk (the verifying key alone), and .meta, which is written last, says that the
// keys are insecure and holds the digest of the .params file. A node of a public network must refuse a key set with
// `insecure`. A key whose secrets are gone cannot be made again, so nothing here overwrites one.
#include <strata/base/load_once.hpp>
#include <strata/crypto/random.hpp>
#include <strata/proofs/groth16/prover.hpp>

namespace strata::proofs {

enum class CircuitKind : std::uint8_t;

struct KeySet {
    bool insecure = true;
    std::string digest;  // of the parameter file: 32 hexadecimal digits (docs/protocol/proofs.md §15)
    Groth16Prover prover;
};

/// Thread-safe.
class ParameterStore {
  public:
    /// The folder is created when the first keys are made.
    explicit ParameterStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    const std::filesystem::path& folder() const { return folder_; }
    /// Returns true if all three files of the key set exist.
    bool has(CircuitKind kind, std::uint64_t sector_size) const;
    /// Makes the key set if it is missing. A file appears complete or not at all. A set that a stopped run left is
    /// completed from the proving key, never with new secrets. Errors: verification if files of the set do not belong
    /// together or the proving key alone is missing; busy if a different process makes the same keys; no_space, io.
    Status make(CircuitKind kind, std::uint64_t sector_size, crypto::RandomSource& random, const Watch& watch = {});
    /// Circuit and key, read once and kept. Errors: not_found; verification if a file's digest differs from the one in
    /// .meta, or .vk does not belong to .params; malformed.
    Result<std::shared_ptr<const KeySet>> open(CircuitKind kind, std::uint64_t sector_size);
    /// The verifying key alone. Errors: not_found; verification if it does not belong to .params; malformed.
    Result<VerifyingKey> verifying_key(CircuitKind kind, std::uint64_t sector_size) const;
    /// Returns the file name and the digest of each key set of this folder that this program made. Errors: malformed.
    Result<std::vector<std::pair<std::string, std::string>>> insecure_keys() const;
    /// Drops the keys that open() has kept.
    void close();

  private:
    struct Files {
        std::filesystem::path params, vk, meta;
    };
    Result<std::filesystem::path> path(CircuitKind kind, std::uint64_t sector_size, std::string_view ending) const;
    Result<Files> files(CircuitKind kind, std::uint64_t sector_size) const;
    Error missing(CircuitKind kind, std::uint64_t sector_size) const;
    static Status complete(const Files& set, std::uint64_t sector_size);
    static Status check_digest(const Files& set, std::uint64_t sector_size, const std::string& digest);
    static Result<VerifyingKey> verifying_key(const Files& set);
    Result<KeySet> read(CircuitKind kind, std::uint64_t sector_size) const;

    std::filesystem::path folder_;
    LoadOnce<std::pair<CircuitKind, std::uint64_t>, KeySet> open_;
};

}  // namespace strata::proofs
