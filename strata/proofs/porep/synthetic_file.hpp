#pragma once
// The file of synthetic vanilla proofs (FIP-0059; format: docs/protocol/proofs.md §8).
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/porep/sealed_sector.hpp>

namespace strata::proofs {

/// Proves all synthetic challenges of a sector and writes the proofs.
Status write_synthetic_file(const SealConfig& config, const SealedSector& sector, const SyntheticChallenges& challenges,
                            const std::filesystem::path& path, const Watch& watch);

class SyntheticFile {
  public:
    /// Errors: not_found; malformed if the file has the wrong length.
    static Result<SyntheticFile> open(const SealConfig& config, std::uint64_t challenges,
                                      const std::filesystem::path& path);
    /// Reads the i-th proof in generation order. Errors: malformed.
    Result<PorepChallengeValues> read(std::uint64_t i) const;

  private:
    SealConfig config_;
    MappedFile file_;
    std::uint64_t record_ = 0;
};

}  // namespace strata::proofs
