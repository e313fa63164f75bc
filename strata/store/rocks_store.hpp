#pragma once
// One database of a node on disk: blocks by CID and records by key, in one RocksDB. A node has two of them
// (store/repository.hpp): the chain, which can be fetched from the network again, and the records, which cannot be
// recreated. Thread-safe.
//
// Durability: blocks are written without waiting for the disk; a batch of records waits. Both share one log, so every
// block that was put before the batch is on disk once the batch is: "blocks, then the records that name them" needs no
// other transaction. A killed process therefore never shows a head whose blocks are missing.
//
// If the process is killed or the power fails, the end of the log may be missing, but every acknowledged record is
// before it. Damage anywhere else in the log is an error of open(): no acknowledged record is dropped silently.
//
// Writes are refused (no_space) while less than 64 MiB are free on the disk, and accepted when there is space again.
//
// Errors of open() name the folder and the next step: busy (a different process has the folder open), no_space, io.
// Errors of everything else may reach clients and therefore name no path: missing_block, no_space, io; their causes go
// to the log.
#include <filesystem>
#include <memory>

#include <strata/ipld/blockstore.hpp>
#include <strata/store/families.hpp>
#include <strata/store/key_value.hpp>

namespace strata::store {

/// The content of a database; error messages advise accordingly.
enum class Content : std::uint8_t {
    chain,    // can be removed and fetched from the network again
    records,  // keys, sectors, deals: cannot be recreated
};

class RocksStore {
  public:
    /// Opens or creates the database in `folder`, and holds it exclusively until destroyed. Folders get the permissions
    /// 0700 and files 0600.
    static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& folder, Content content);
    RocksStore(const RocksStore&) = delete;
    RocksStore& operator=(const RocksStore&) = delete;
    ~RocksStore();

    /// Returns the blocks of a database of records, which are in one family. Those of a chain are in several
    /// (store/generations.hpp). All of this lives as long as the object.
    Blockstore& blocks();
    /// Returns the families of blocks: those that exist, and new ones. The caller lets go of them before this object is
    /// destroyed.
    Families& families();
    KeyValue& metadata();
    /// Reads everything and checks every block against its CID; for `strata` verbs that verify a repository.
    Status verify();
    /// Rewrites the files of the records, so that removed values are no longer in any file.
    Status forget_removed();

  private:
    struct Database;
    explicit RocksStore(std::unique_ptr<Database> database);
    std::unique_ptr<Database> database_;
};

}  // namespace strata::store
