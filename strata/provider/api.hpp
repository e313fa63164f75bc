#pragma once
// The door to a storage provider, for market, API and operators: put a piece in, see where it is, be told when it is
// proven. LocalProvider is the provider of this process; one with its sealing on several machines can stand here too.
//
// Threads: sectors() may be called from any; everything else is called by the thread of the chain, which is also the
// one that listeners run on. No call waits for sealing or for a proof.
// Errors: those of each call, and io of the provider's records.
#include <functional>

#include <strata/provider/sector_state.hpp>

namespace strata::actors::read {
struct MinerMoney;
}

namespace strata::provider {

using actors::read::MinerMoney;

struct SectorStatus {
    SectorNumber number = 0;
    SectorState state{};
    std::vector<SectorPiece> pieces;
    Hash256 comm_r{};
    ChainEpoch expiration = 0;
    std::string reason;          // of the last failure
    std::optional<Cid> message;  // it waits for this message to land
};

class Provider {
  public:
    virtual ~Provider() = default;
    Provider() = default;
    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;

    /// Gives the next bytes of a piece, unpadded; fewer than asked for mean the end.
    using ReadBytes = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
    /// Puts a piece into a sector; it will be sealed by itself. A deal that has its sector gets the same number again.
    /// `epoch`: the one that the chain's thread works on. Errors: invalid_argument if the data is not the piece's or
    /// does not fit a sector.
    virtual Result<SectorNumber> add_piece(const ReadBytes& read, const PieceInfo& piece,
                                           const std::optional<PieceDeal>& deal, ChainEpoch epoch) = 0;
    /// A sector without data.
    virtual Result<SectorNumber> pledge_sector(ChainEpoch epoch) = 0;
    /// Lets a failed sector try again from the last step that can be trusted.
    virtual Status retry_sector(SectorNumber number, ChainEpoch epoch) = 0;

    /// All sectors, by number, as they were after the last work on them.
    virtual std::vector<SectorStatus> sectors() const = 0;
    /// Called when a sector has become provable; its deals can be settled from then on.
    using Listener = std::function<void(const SectorStatus&)>;
    virtual void on_proving(Listener listener) = 0;

    /// As of the head. Errors: those of reading the chain.
    virtual Result<MinerMoney> money() = 0;
    /// Sends earnings to the beneficiary, by a message of the owner, whose key must be in the wallet.
    virtual Result<Cid> withdraw(const TokenAmount& amount) = 0;
};

}  // namespace strata::provider
