#include <strata/store/rocks_store.hpp>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <strata/base/folder_lock.hpp>

namespace strata::store {
namespace {

// Several nodes share one process (strata demo), so each one stays small.
constexpr std::size_t kCacheBytes = std::size_t{32} << 20;
constexpr std::size_t kWriteBufferBytes = std::size_t{8} << 20;
constexpr int kMaxOpenFiles = 128;
constexpr double kBloomBitsPerKey = 10;

rocksdb::Slice slice(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
rocksdb::Slice slice(std::string_view text) {
    return {text.data(), text.size()};
}
BytesView view(const rocksdb::Slice& value) {
    return as_bytes(std::string_view(value.data(), value.size()));
}

/// A sentence with the cause and what to do next.
Error explain(const rocksdb::Status& status, const std::filesystem::path& folder) {
    const std::string where = "the repository " + folder.string();
    if (status.IsCorruption())
        return fail(Errc::io, where + " is damaged (" + status.ToString() + "); delete it or put back a copy");
    if (status.IsNoSpace() || status.ToString().contains("No space left"))
        return fail(Errc::io, "no space left on the disk of " + where + "; free some and start again");
    return fail(Errc::io, where + ": " + status.ToString());
}

rocksdb::DBOptions database_options() {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.paranoid_checks = true;
    options.max_open_files = kMaxOpenFiles;
    options.max_background_jobs = 2;
    options.keep_log_file_num = 2;
    options.info_log_level = rocksdb::WARN_LEVEL;
    // After a kill the log may end in the middle of a write: everything before it counts.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    return options;
}

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = kWriteBufferBytes;
    // Blocks are mostly hashes and keys; a node's state gains little from compression.
    options.compression = rocksdb::kNoCompression;
    return options;
}

}  // namespace

struct RocksStore::Database {
    using Family = rocksdb::ColumnFamilyHandle;

    class Blocks final : public Blockstore {
      public:
        explicit Blocks(Database& database) : database_(database) {}
        Result<Bytes> get(const Cid& cid) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(database_.block_family, slice(cid.bytes()), value);
            if (status.IsNotFound())
                return fail(Errc::missing_block,
                            "block " + cid.to_string() + " is not in the repository " + database_.folder.string());
            if (!status.ok()) return explain(status, database_.folder);
            return to_bytes(view(value));
        }
        Result<bool> has(const Cid& cid) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(database_.block_family, slice(cid.bytes()), value);
            if (status.IsNotFound()) return false;
            if (!status.ok()) return explain(status, database_.folder);
            return true;
        }
        Result<Cid> put(Codec codec, BytesView data) override {
            const Cid cid = Cid::hash_of(codec, data);
            STRATA_OK(put_block(cid, data));
            return cid;
        }
        Status put_block(const Cid& cid, BytesView data) override {
            const auto status =
                database_.db->Put(rocksdb::WriteOptions(), database_.block_family, slice(cid.bytes()), slice(data));
            if (!status.ok()) return explain(status, database_.folder);
            return {};
        }

      private:
        Database& database_;
    };

    class Metadata final : public KeyValue {
      public:
        explicit Metadata(Database& database) : database_(database) {}
        Result<std::optional<Bytes>> get(std::string_view key) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(database_.metadata_family, slice(key), value);
            if (status.IsNotFound()) return std::optional<Bytes>{};
            if (!status.ok()) return explain(status, database_.folder);
            return std::optional<Bytes>(to_bytes(view(value)));
        }
        Status write(const std::vector<Write>& batch) override {
            rocksdb::WriteBatch all;
            for (const auto& [key, value] : batch) {
                const auto status = value ? all.Put(database_.metadata_family, slice(key), slice(BytesView(*value)))
                                          : all.Delete(database_.metadata_family, slice(key));
                if (!status.ok()) return explain(status, database_.folder);
            }
            rocksdb::WriteOptions durable;
            durable.sync = true;
            const auto status = database_.db->Write(durable, &all);
            if (!status.ok()) return explain(status, database_.folder);
            return {};
        }
        // An iterator sees one moment of the database, so the visitor may write.
        Status for_each(std::string_view prefix, const Visit& visit) override {
            const auto it = database_.iterate(database_.metadata_family);
            for (it->Seek(slice(prefix)); it->Valid() && it->key().starts_with(slice(prefix)); it->Next()) {
                STRATA_TRY(const bool more, visit(it->key().ToStringView(), view(it->value())));
                if (!more) return {};
            }
            if (!it->status().ok()) return explain(it->status(), database_.folder);
            return {};
        }

      private:
        Database& database_;
    };

    Database(std::filesystem::path path, FolderLock held) : folder(std::move(path)), lock(std::move(held)) {}
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() {
        if (!db) return;
        for (auto* family : families) db->DestroyColumnFamilyHandle(family);
        db->Close().PermitUncheckedError();
    }

    Status open() {
        const auto cache = rocksdb::NewLRUCache(kCacheBytes);
        const std::vector<rocksdb::ColumnFamilyDescriptor> wanted{
            {rocksdb::kDefaultColumnFamilyName, family_options(cache)},
            {"blocks", family_options(cache)},
            {"metadata", family_options(cache)},
        };
        rocksdb::DB* opened = nullptr;
        const auto status = rocksdb::DB::Open(database_options(), (folder / "db").string(), wanted, &families, &opened);
        if (!status.ok()) return explain(status, folder);
        db.reset(opened);
        block_family = families[1];
        metadata_family = families[2];
        return {};
    }

    rocksdb::Status get(Family* family, const rocksdb::Slice& key, rocksdb::PinnableSlice& value) const {
        return db->Get(rocksdb::ReadOptions(), family, key, &value);
    }
    std::unique_ptr<rocksdb::Iterator> iterate(Family* family) const {
        return std::unique_ptr<rocksdb::Iterator>(db->NewIterator(rocksdb::ReadOptions(), family));
    }

    std::filesystem::path folder;
    FolderLock lock;
    std::unique_ptr<rocksdb::DB> db;
    std::vector<Family*> families;
    Family* block_family = nullptr;
    Family* metadata_family = nullptr;
    Blocks blocks{*this};
    Metadata metadata{*this};
};

RocksStore::RocksStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& folder) {
    STRATA_TRY(auto lock, FolderLock::take(folder));
    auto database = std::make_unique<Database>(folder, std::move(lock));
    STRATA_OK(database->open());
    return std::unique_ptr<RocksStore>(new RocksStore(std::move(database)));
}

Blockstore& RocksStore::blocks() {
    return database_->blocks;
}
KeyValue& RocksStore::metadata() {
    return database_->metadata;
}

Status RocksStore::verify() {
    const auto it = database_->iterate(database_->block_family);
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
        STRATA_TRY(const Cid cid, Cid::from_bytes(view(it->key())));
        STRATA_TRY(const bool matches, cid.matches(view(it->value())));
        if (!matches)
            return fail(Errc::verification, "block " + cid.to_string() + " in " + database_->folder.string() +
                                                " is damaged; delete the repository or put back a copy");
    }
    if (!it->status().ok()) return explain(it->status(), database_->folder);
    return database_->metadata.for_each("", [](std::string_view, BytesView) -> Result<bool> { return true; });
}

}  // namespace strata::store
