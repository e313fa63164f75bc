#pragma once
// A storage provider: takes pieces, seals them into sectors, commits these on chain and proves them ever after.
// Everything it must not forget is in the KeyValue; after a kill it goes on where it stood. One thread calls it, the
// chain's; sectors() may be called from any. Source: docs/protocol/storage.md §4.7, §6 to §8.
#include <strata/base/jobs.hpp>
#include <strata/chain/winning.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/miner_chain.hpp>
#include <strata/provider/proofs_prover.hpp>
#include <strata/provider/sector_prover.hpp>
#include <strata/provider/sector_record.hpp>

namespace strata::chain {
class Chain;
}
namespace strata::crypto {
class RandomSource;
}
namespace strata::proofs {
class ParameterStore;
}
namespace strata::wallet {
class Wallet;
}

namespace strata::provider {

struct SectorStatus {
    SectorNumber number = 0;
    SectorState state{};
    std::vector<SectorPiece> pieces;
    Hash256 comm_r{};
    ChainEpoch expiration = 0;
    std::string reason;          // of the last failure
    std::optional<Cid> message;  // it waits for this message to land
};

/// A sector that was sealed before the chain began, or elsewhere.
struct PresealedSector {
    SectorNumber number = 0;
    RegisteredSealProof proof{};
    Hash256 comm_d{}, comm_r{};
    std::filesystem::path sealed, cache;
    std::filesystem::path unsealed;  // Fr32-padded data; may be empty
    std::vector<SectorPiece> pieces;
};

class Provider final : public chain::WinningProver {
  public:
    /// Works on a chain; all must outlive the provider. Errors: not_found if there is no such miner at the head.
    static Result<std::unique_ptr<Provider>> open(ProviderConfig config, chain::Chain& chain, wallet::Wallet& wallet,
                                                  store::KeyValue& store, proofs::ParameterStore& parameters,
                                                  Jobs& jobs, crypto::RandomSource& random, ProofChecks checks = {});
    /// The same on any chain and prover. What the prover uses must outlive the jobs.
    static Result<std::unique_ptr<Provider>> open(ProviderConfig config, std::unique_ptr<MinerChain> chain,
                                                  std::unique_ptr<SectorProver> prover, store::KeyValue& store,
                                                  Jobs& jobs, crypto::RandomSource& random);
    ~Provider() override;

    /// Copies the files into the provider's folder. May be repeated.
    Status import_presealed(std::span<const PresealedSector> sectors);
    /// Puts a piece into a sector; it will be sealed by itself. A deal that has its sector gets the same number again.
    /// `read` gives the unpadded data. Errors: invalid_argument if the data is not the piece's or does not fit a
    /// sector.
    Result<SectorNumber> add_piece(const proofs::ReadBytes& read, const PieceInfo& piece,
                                   const std::optional<PieceDeal>& deal, ChainEpoch epoch);
    /// A sector without data.
    Result<SectorNumber> pledge_sector(ChainEpoch epoch);
    /// Lets a failed sector try again from the last step that can be trusted.
    Status retry_sector(SectorNumber number, ChainEpoch epoch);

    /// Advances every sector and deadline as far as the head and finished jobs allow. What fails stays where it is and
    /// is tried again; errors are those of the KeyValue.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch that needs an on_epoch call; empty if only an outside event can create work.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Whether a message or randomness of this provider waits for a tipset at `epoch`. To be asked after
    /// on_epoch(epoch). Lookbacks allow at most 900 null rounds, even if nothing waits.
    bool wants_block(ChainEpoch epoch) const;

    std::vector<SectorStatus> sectors() const;
    /// Called on the chain's thread when a sector has become provable; its deals can be settled from then on.
    using Listener = std::function<void(const SectorStatus&)>;
    void on_proving(Listener listener);

    Result<MinerMoney> money();
    /// Sends earnings to the beneficiary, by a message of the owner, whose key must be in the wallet.
    Result<Cid> withdraw(const TokenAmount& amount);

    Result<std::vector<PoStProof>> prove_winning(const Address& miner, const Hash256& randomness,
                                                 const PoStSectorInfo& sector) override;

  private:
    struct Parts;
    explicit Provider(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::provider
