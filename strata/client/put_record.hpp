#pragma once
// Keeps what a client knows of a file that it stores, so that a killed or stopped `strata put` goes on and nothing is
// paid twice: FOLDER/ROOT/MINER/record, and the CARs of the pieces beside it until the provider has them
// (docs/formats/files.md). A proposal is in the record before it leaves this machine.
#include <filesystem>

#include <strata/base/folder_lock.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/retrieval/client_file.hpp>

namespace strata::client {

enum class PutStage : std::uint8_t {
    planned = 0,    // no proposal was signed yet
    proposed = 1,   // signed; the provider may have it
    accepted = 2,   // the provider waits for the data
    sent = 3,       // the provider has the data
    published = 4,  // on the chain
    stored = 5,     // a sector with the data is proven
    failed = 6,
};
std::string_view stage_name(PutStage stage);

/// One piece of the file, and the deal about it.
struct PutDeal {
    PieceInfo piece;
    std::uint64_t car_size = 0;
    PutStage stage = PutStage::planned;
    std::optional<market::ClientDealProposal> deal;
    DealId id = 0;            // in the published stage and later
    SectorNumber sector = 0;  // in the stored stage
    ChainEpoch proven = 0;    // in the stored stage: the epoch in which the sector with the data was proven
    std::string failure;      // why it failed, or what holds it up; a sentence for people
    STRATA_CBOR_TUPLE(piece, car_size, stage, deal, id, sector, proven, failure);

    /// Returns true if the chain may still take the deal's money from the free escrow.
    bool claims_escrow() const {
        return stage == PutStage::proposed || stage == PutStage::accepted || stage == PutStage::sent;
    }
};

struct PutRecord {
    std::string file;  // the path, for people
    Cid root;
    std::uint64_t size = 0;  // bytes
    Cid genesis;             // of the network
    Address miner;
    std::string url;  // of the provider, when it was last found
    Address wallet;   // a key address
    TokenAmount price_per_gib_epoch;
    ChainEpoch duration = 0;
    std::uint64_t largest_piece = 0;  // padded bytes; the file was cut for it
    std::vector<PutDeal> deals;
    STRATA_CBOR_TUPLE(file, root, size, genesis, miner, url, wallet, price_per_gib_epoch, duration, largest_piece,
                      deals);

    /// Returns the stage that all deals have reached; failed if one failed.
    PutStage stage() const;
    /// Returns the money that the deal of this piece takes from the escrow.
    TokenAmount cost(const PutDeal& deal) const;
};

/// The records of one client. Its folder belongs to one network.
class PutFolder {
  public:
    explicit PutFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
    const std::filesystem::path& path() const { return folder_; }
    std::filesystem::path of(const Cid& root, const Address& miner) const;
    std::filesystem::path car(const PutRecord& record, std::size_t deal) const;

    /// Errors: io, no_space.
    Status save(const PutRecord& record) const;
    /// Errors: not_found; malformed, naming the file.
    Result<PutRecord> load(const Cid& root, const Address& miner) const;
    /// Returns all records, ordered by root and miner. Errors: as load().
    Result<std::vector<PutRecord>> all() const;
    /// Removes the CARs, which nobody needs once the provider has the data.
    Status drop_cars(const PutRecord& record) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace strata::client
