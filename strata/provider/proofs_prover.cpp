#include <strata/provider/proofs_prover.hpp>

#include <fmt/format.h>

#include <strata/chain/block_rules.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/prover.hpp>
#include <strata/provider/disk_sealer.hpp>
#include <strata/vm/externs.hpp>

namespace strata::provider {
namespace {

class ProofsProver final : public DiskSealer {
  public:
    ProofsProver(proofs::ParameterStore& parameters, std::string parent_cache, ProofChecks checks)
        : DiskSealer(std::move(parent_cache), checks.progress), parameters_(parameters), checks_(std::move(checks)) {}

    Result<Bytes> commit(const SealWork& work, const Hash256& comm_r, const Hash256& seed, crypto::RandomSource& random,
                         const Stop& stop) override {
        STRATA_TRY(const auto config, proofs::SealConfig::of(work.proof));
        STRATA_TRY(const auto vanilla, vanilla_seal_proof(work, seed, stop));
        STRATA_TRY(auto proof, proofs::prove_seal(parameters_, config, vanilla, random, watch(work, stop)));
        const SealVerifyInfo info{.proof = work.proof,
                                  .sector = {work.miner, work.number},
                                  .deal_ids = {},
                                  .randomness = to_bytes(work.ticket),
                                  .interactive_randomness = to_bytes(seed),
                                  .proof_bytes = proof,
                                  .sealed_cid = proofs::replica_cid(comm_r),
                                  .unsealed_cid = proofs::piece_cid(work.comm_d)};
        if (checks_.proofs != nullptr)
            STRATA_OK(require_accepted(checks_.proofs->verify_seal(info),
                                       fmt::format("the new PoRep of sector {}", work.number)));
        return proof;
    }

    Result<WindowProof> prove_window(const WindowWork& work, crypto::RandomSource& random, const Stop& stop) override {
        STRATA_TRY(const auto config, proofs::PostConfig::of(work.proof));
        std::vector<proofs::HeldSector> sectors;
        for (const auto& sector : work.sectors) sectors.push_back(held(sector));
        const Watch watch{{}, &stop};
        STRATA_TRY(auto vanilla,
                   proofs::window_post_vanilla(config, proofs::post_randomness(work.randomness), sectors, watch));
        WindowProof out{{}, std::move(vanilla.faulty)};
        if (!out.faulty.empty()) return out;
        STRATA_TRY(out.proof, proofs::prove_window_post(parameters_, config, vanilla.partitions, random, watch));
        const auto info = verify_info(work.proof, work.miner, work.randomness, work.sectors, out.proof);
        if (checks_.proofs != nullptr)
            STRATA_OK(require_accepted(checks_.proofs->verify_post(info), "the new WindowPoSt"));
        return out;
    }

    Result<Bytes> prove_winning(RegisteredPoStProof type, ActorId miner, const Hash256& randomness,
                                const ProvingSector& sector, crypto::RandomSource& random) override {
        STRATA_TRY(const auto config, proofs::PostConfig::of(type));
        STRATA_TRY(const auto vanilla,
                   proofs::winning_post_vanilla(config, proofs::post_randomness(randomness), held(sector)));
        STRATA_TRY(auto proof, proofs::prove_winning_post(parameters_, config, vanilla, random, {{}, checks_.stop}));
        const auto info = verify_info(type, miner, randomness, std::span(&sector, 1), proof);
        if (checks_.winning != nullptr)
            STRATA_OK(require_accepted(checks_.winning->verify_winning_post(info),
                                       fmt::format("the new WinningPoSt of sector {}", sector.number)));
        return proof;
    }

  private:
    static Status require_accepted(const Result<bool>& verdict, std::string_view proof) {
        if (!verdict) return verdict.error();
        if (*verdict) return {};
        return fail(Errc::verification, fmt::format("{} was not sent, because our verifier rejected it", proof));
    }
    static WindowPoStVerifyInfo verify_info(RegisteredPoStProof type, ActorId miner, const Hash256& randomness,
                                            std::span<const ProvingSector> sectors, const Bytes& proof) {
        WindowPoStVerifyInfo info{
            .randomness = to_bytes(randomness), .proofs = {{type, proof}}, .challenged_sectors = {}, .prover = miner};
        for (const auto& sector : sectors)
            info.challenged_sectors.push_back({sector.proof, sector.number, proofs::replica_cid(sector.comm_r)});
        return info;
    }

    proofs::ParameterStore& parameters_;
    const ProofChecks checks_;
};

}  // namespace

std::unique_ptr<SectorProver> prover_with(proofs::ParameterStore& parameters, std::string parent_cache,
                                          ProofChecks checks) {
    return std::make_unique<ProofsProver>(parameters, std::move(parent_cache), std::move(checks));
}

}  // namespace strata::provider
