#pragma once
// The storage provider of this process: takes pieces, seals them into sectors, commits these on chain and proves them
// ever after. Only what builds a node includes this; everybody else uses api.hpp.
// Everything it must not forget is in the KeyValue; after a kill it goes on where it stood. One thread calls it, the
// chain's; sectors() may be called from any. Source: docs/protocol/storage.md §4.7, §6 to §8.
#include <span>

#include <strata/base/jobs.hpp>
#include <strata/chain/winning.hpp>
#include <strata/provider/api.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/miner_chain.hpp>
#include <strata/provider/presealed_sector.hpp>
#include <strata/provider/proofs_prover.hpp>

namespace strata::chain {
class Chain;
}
namespace strata::crypto {
class RandomSource;
}
namespace strata::proofs {
class ParameterStore;
}
namespace strata::store {
class KeyValue;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::provider {

class LocalProvider final : public Provider, public chain::WinningProver {
  public:
    /// Works on a chain; all must outlive the provider. Errors: not_found if there is no such miner at the head.
    static Result<std::unique_ptr<LocalProvider>> open(ProviderConfig config, chain::Chain& chain,
                                                       wallet::Wallet& wallet, store::KeyValue& store,
                                                       proofs::ParameterStore& parameters, Jobs& jobs,
                                                       crypto::RandomSource& random, ProofChecks checks = {});
    /// The same on any chain and prover. What the prover uses must outlive the jobs.
    static Result<std::unique_ptr<LocalProvider>> open(ProviderConfig config, std::unique_ptr<MinerChain> chain,
                                                       std::unique_ptr<SectorProver> prover, store::KeyValue& store,
                                                       Jobs& jobs, crypto::RandomSource& random);
    ~LocalProvider() override;

    /// Copies the files into the provider's folder. May be repeated.
    Status import_presealed(std::span<const PresealedSector> sectors);
    /// Advances every sector and deadline as far as the head and finished jobs allow. What fails stays where it is and
    /// is tried again; errors are those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch that needs an on_epoch call; empty if only an outside event can create work.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Whether a message or randomness of this provider waits for a tipset at `epoch`. To be asked after
    /// on_epoch(epoch). Lookbacks allow at most 900 null rounds, even if nothing waits.
    bool wants_block(ChainEpoch epoch) const;

    // Provider.
    Result<SectorNumber> add_piece(const ReadBytes& read, const PieceInfo& piece, const std::optional<PieceDeal>& deal,
                                   ChainEpoch epoch) override;
    Result<SectorNumber> pledge_sector(ChainEpoch epoch) override;
    Status retry_sector(SectorNumber number, ChainEpoch epoch) override;
    std::vector<SectorStatus> sectors() const override;
    void on_proving(Listener listener) override;
    Result<MinerMoney> money() override;
    Result<Cid> withdraw(const TokenAmount& amount) override;

    // WinningProver.
    Result<std::vector<PoStProof>> prove_winning(const Address& miner, const Hash256& randomness,
                                                 const PoStSectorInfo& sector) override;

  private:
    struct Parts;
    explicit LocalProvider(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::provider
