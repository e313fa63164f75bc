#pragma once
// The storage provider of this process: it takes pieces, seals them into sectors, commits the sectors on chain and
// proves them until they expire. Only code that builds a node includes this; all other code uses api.hpp.
// Everything that must not be forgotten is in the KeyValue: if the process is killed, the next process continues from
// there. All functions are called on the chain's thread, except sectors(), which any thread may call. Source:
// docs/protocol/storage.md §4.7, §6 to §8.
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
    /// Opens a provider with real proofs. Objects passed by reference must outlive the provider. Errors: not_found if
    /// the head's state has no such miner.
    static Result<std::unique_ptr<LocalProvider>> open(ProviderConfig config, chain::Chain& chain,
                                                       wallet::Wallet& wallet, store::KeyValue& store,
                                                       proofs::ParameterStore& parameters, Jobs& jobs,
                                                       crypto::RandomSource& random, ProofChecks checks = {});
    /// Opens a provider on any chain and prover. What the prover uses must outlive the jobs.
    static Result<std::unique_ptr<LocalProvider>> open(ProviderConfig config, std::unique_ptr<MinerChain> chain,
                                                       std::unique_ptr<SectorProver> prover, store::KeyValue& store,
                                                       Jobs& jobs, crypto::RandomSource& random);
    ~LocalProvider() override;

    /// Copies the sectors' files into the provider's folder and takes the sectors into its records. May be repeated.
    Status import_presealed(std::span<const PresealedSector> sectors);
    /// Advances every sector and deadline as far as the head and the finished jobs allow. A step that fails leaves its
    /// sector where it is and is tried again. Errors: those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch that needs an on_epoch call; empty if only an outside event can create work.
    std::optional<ChainEpoch> next_wakeup() const;
    /// True if this provider needs a tipset at `epoch`, to land a message or to draw randomness. To be asked after
    /// on_epoch(epoch). Even if it is never true, lookbacks allow at most 900 null rounds in a row.
    bool wants_block(ChainEpoch epoch) const;

    /// Takes accept_delay, message_confidence and batch for the work from now on.
    void change(const ProviderConfig& config);

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
