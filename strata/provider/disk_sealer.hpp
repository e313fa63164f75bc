#pragma once
// The part of a SectorProver that needs no SNARK: it makes layers, trees and replica, and checks that they are intact.
#include <strata/proofs/porep/seal.hpp>
#include <strata/proofs/post/post.hpp>
#include <strata/provider/sector_prover.hpp>

namespace strata::provider {

class DiskSealer : public SectorProver {
  public:
    /// Called on the thread that seals, with the sector and its step, and with how much of the step is done (0 to 1).
    using Progress = std::function<void(std::string_view step, double done)>;
    /// `parent_cache` is the folder of the parent tables; if it is empty, they are made in memory.
    explicit DiskSealer(std::string parent_cache, Progress progress = {})
        : parent_cache_(std::move(parent_cache)), progress_(std::move(progress)) {}

    Status pre_commit_1(const SealWork& work, const Stop& stop) override;
    Result<Hash256> pre_commit_2(const SealWork& work, const Stop& stop) override;
    Status finalize(const SealWork& work) override;
    Status start_over(const SealWork& work) override;
    Status check(RegisteredPoStProof proof, const Hash256& randomness, const ProvingSector& sector) override;

  protected:
    struct Sealing {
        proofs::SealSubject subject;
        proofs::SealPaths paths;
    };
    Result<Sealing> sealing_of(const SealWork& work) const;
    /// Makes the vanilla proofs of a seal, without the SNARK: the first step of Commit (C1).
    Result<proofs::VanillaSealProof> vanilla_seal_proof(const SealWork& work, const Hash256& seed,
                                                        const Stop& stop) const;
    Watch watch(const SealWork& work, const Stop& stop) const;
    static proofs::HeldSector held(const ProvingSector& sector);

  private:
    std::string parent_cache_;
    Progress progress_;
};

}  // namespace strata::provider
