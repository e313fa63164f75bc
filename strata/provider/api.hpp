#pragma once
// The door to a storage provider, for market, API and operators: they hand in a piece, see where it is, and are told
// when it is proven. LocalProvider is the provider of this process; a provider that seals on several machines can
// implement the same interface.
//
// Threads: sectors() may be called from any thread. Everything else is called on the chain's thread, where listeners
// run too. No call waits for sealing or for a proof.
// Errors: in addition to its own errors, every call returns io if the provider's records cannot be read or written.
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
    std::optional<Cid> message;  // the sector waits for this message to land
};

class Provider {
  public:
    virtual ~Provider() = default;
    Provider() = default;
    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;

    /// Writes the piece's next unpadded bytes into the span and returns how many; if the span is not filled, the piece
    /// ends there.
    using ReadBytes = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
    /// Puts a piece into a sector and returns the sector's number. Sealing needs no further call. If the deal has a
    /// sector already, that sector's number is returned and nothing is added. `epoch` is the epoch that the chain's
    /// thread works on. Errors: invalid_argument if the data does not have the piece's commitment or does not fit into
    /// a sector.
    virtual Result<SectorNumber> add_piece(const ReadBytes& read, const PieceInfo& piece,
                                           const std::optional<PieceDeal>& deal, ChainEpoch epoch) = 0;
    /// Begins a sector without data and returns its number.
    virtual Result<SectorNumber> pledge_sector(ChainEpoch epoch) = 0;
    /// Restarts a failed sector after the last step whose result is still valid. Errors: invalid_argument unless the
    /// sector is in the state failed.
    virtual Status retry_sector(SectorNumber number, ChainEpoch epoch) = 0;

    /// Returns all sectors, ordered by number, as they were when the provider last worked on them.
    virtual std::vector<SectorStatus> sectors() const = 0;
    /// Called when a sector has become provable; its deals can be settled from then on.
    using Listener = std::function<void(const SectorStatus&)>;
    virtual void on_proving(Listener listener) = 0;

    /// Returns the miner's money in the state after the head. Errors: those of reading the chain.
    virtual Result<MinerMoney> money() = 0;
    /// Sends earnings to the beneficiary and returns the message's CID. The owner signs the message, so the wallet must
    /// hold the owner's key.
    virtual Result<Cid> withdraw(const TokenAmount& amount) = 0;
};

}  // namespace strata::provider
