#pragma once
// The provider's memory of each sector: one record in the KeyValue. After a restart every sector continues from
// its record. Source: docs/protocol/storage.md §6.
#include <map>
#include <span>

#include <strata/provider/sector_state.hpp>
#include <strata/store/key_value.hpp>
#include <strata/types/message.hpp>

namespace strata::provider {

struct SectorRecord {
    SectorNumber number = 0;
    RegisteredSealProof proof{};
    SectorState state = SectorState::accepting;
    /// When work in this state began, or may begin again after a failure. The due epochs of jobs are counted from it.
    ChainEpoch since = 0;
    std::vector<SectorPiece> pieces;
    /// The unsealed file of this number holds the data; differs from `number` after a move.
    SectorNumber data_number = 0;
    ChainEpoch ticket_epoch = 0;
    Hash256 ticket{};
    Hash256 comm_d{};
    Hash256 comm_r{};
    ChainEpoch expiration = 0;
    ChainEpoch pre_commit_epoch = kEpochUndefined;
    Hash256 seed{};
    Bytes seal_proof;
    std::optional<SignedMessage> message;  // published; a new one is signed only when this one can no longer land
    std::uint32_t failures = 0;            // in a row, in this state
    std::uint32_t restarts = 0;            // how often sealing began again after failed proofs or trees
    std::string reason;                    // of the last failure
    STRATA_CBOR_TUPLE(number, proof, state, since, pieces, data_number, ticket_epoch, ticket, comm_d, comm_r,
                      expiration, pre_commit_epoch, seed, seal_proof, message, failures, restarts, reason);

    bool has_data() const;
    std::vector<PieceInfo> piece_infos() const;
    /// Returns the offset at which the next piece of `padded_size` would start: a multiple of its size.
    std::uint64_t next_offset(std::uint64_t padded_size) const;
};

/// The records of one miner. All are kept in memory, and each change is written to the KeyValue at once. For one
/// thread.
class SectorRecords {
  public:
    SectorRecords(store::KeyValue& store, ActorId miner);
    Status load();
    const std::map<SectorNumber, SectorRecord>& all() const { return records_; }
    const SectorRecord* find(SectorNumber number) const;
    /// Saves all of the records or, if there is an error, none.
    Status save(std::span<const SectorRecord> records);
    Status save(const SectorRecord& record) { return save(std::span(&record, 1)); }

  private:
    store::KeyValue& store_;
    std::string prefix_;
    std::map<SectorNumber, SectorRecord> records_;
};

}  // namespace strata::provider
