#pragma once
// The repository of one node on disk: blocks by CID and the small metadata beside them, in one RocksDB.
// Thread-safe. Blocks are written without waiting for the disk; a metadata batch waits, and since both share one log,
// every block that was put before the batch is on disk when the batch is. A killed process therefore never shows a
// head whose blocks are missing.
// Errors: busy (another process has the folder open), io with the cause and what to do.
#include <filesystem>
#include <memory>

#include <strata/ipld/blockstore.hpp>
#include <strata/store/key_value.hpp>

namespace strata::store {

class RocksStore {
  public:
    /// Opens or creates the repository in `folder`, and holds it alone until destroyed.
    static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& folder);
    RocksStore(const RocksStore&) = delete;
    RocksStore& operator=(const RocksStore&) = delete;
    ~RocksStore();

    /// Both live as long as this object.
    Blockstore& blocks();
    KeyValue& metadata();
    /// Reads everything and checks every block against its CID; for `strata` verbs that verify a repository.
    Status verify();

  private:
    struct Database;
    explicit RocksStore(std::unique_ptr<Database> database);
    std::unique_ptr<Database> database_;
};

}  // namespace strata::store
