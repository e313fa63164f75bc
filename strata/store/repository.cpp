#include <strata/store/repository.hpp>

#include <strata/store/repository_form.hpp>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kChainPrefix = "chain/";

// The functions below convert the earlier form of a repository: one database, in "db" of the repository's folder. That
// database becomes the chain's after all other records were copied to a new one. Each step ends with one durable rename
// and is skipped once that has happened.

/// Copies all records except the chain's.
Status copy_records(RocksStore& from, RocksStore& to) {
    constexpr std::size_t kAtOnce = 1000;
    std::vector<Write> batch;
    STRATA_OK(from.metadata().for_each("", [&](std::string_view key, BytesView value) -> Result<bool> {
        if (key.starts_with(kChainPrefix)) return true;
        batch.push_back({std::string(key), to_bytes(value)});
        if (batch.size() < kAtOnce) return true;
        STRATA_OK(to.metadata().write(batch));
        batch.clear();
        return true;
    }));
    return batch.empty() ? Status{} : to.metadata().write(batch);
}

Status remove_records(RocksStore& from) {
    std::vector<Write> batch;
    STRATA_OK(from.metadata().for_each("", [&](std::string_view key, BytesView) -> Result<bool> {
        if (!key.starts_with(kChainPrefix)) batch.push_back({std::string(key), std::nullopt});
        return true;
    }));
    if (!batch.empty()) STRATA_OK(from.metadata().write(batch));
    // The removed records include private keys. An operator may copy or give away the chain's database, so the bytes of
    // these records must not stay in its files.
    return from.forget_removed();
}

/// Step 2: makes the copy, which appears completely or not at all, and removes the originals only after that.
Status split_records(const fs::path& unsplit, const fs::path& records) {
    STRATA_TRY(const auto from, RocksStore::open(unsplit, Content::records));
    std::error_code error;
    if (!fs::is_directory(records, error)) {
        const auto part = unfinished_path(records);
        fs::remove_all(part, error);
        if (error) return file_error("remove", part, error.value());
        {
            STRATA_TRY(const auto to, RocksStore::open(part, Content::records));
            STRATA_OK(copy_records(*from, *to));
        }
        STRATA_OK(move_into_place(part, records));
    }
    return remove_records(*from);
}

Status split(const fs::path& folder) {
    const auto unsplit = folder / "unsplit";
    std::error_code error;
    // Step 1: the old database gets a name that a finished repository does not have.
    if (fs::is_directory(folder / "db", error)) {
        STRATA_OK(make_folders(unsplit, FileAccess::owner_only));
        STRATA_OK(move_into_place(folder / "db", unsplit / "db"));
    }
    if (!fs::is_directory(unsplit / "db", error)) return {};
    STRATA_OK(split_records(unsplit, folder / "records"));
    // Step 3: what is left of the old database is the chain's.
    return move_into_place(unsplit, folder / "chain");
}

/// The steps from the first form to the newest (repository_form.hpp).
const FormStep kSteps[] = {
    {"the records get a database of their own", split},
    // Generations are made when the chain's database opens, which also ends what a kill left half.
    {"the states get generations", [](const fs::path&) { return Status(); }},
};
static_assert(std::size(kSteps) == kRepositoryForm);

}  // namespace

/// Chooses the database by the key.
class Repository::Routed final : public KeyValue {
  public:
    Routed(KeyValue& chain, KeyValue& records) : chain_(chain), records_(records) {}

    Result<std::optional<Bytes>> get(std::string_view key) override { return of(key).get(key); }
    Status write(const std::vector<Write>& batch) override {
        if (batch.empty()) return {};
        auto& target = of(batch.front().key);
        for (const auto& [key, value] : batch)
            if (&of(key) != &target)
                return fail(Errc::internal, "one batch has the keys " + batch.front().key + " and " + key +
                                                ", which belong to different databases");
        return target.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override {
        if (prefix.size() < kChainPrefix.size() && kChainPrefix.starts_with(prefix))
            return fail(Errc::internal, "the prefix '" + std::string(prefix) + "' may have keys in both databases");
        return of(prefix).for_each(prefix, visit);
    }

  private:
    KeyValue& of(std::string_view key) { return key.starts_with(kChainPrefix) ? chain_ : records_; }

    KeyValue& chain_;
    KeyValue& records_;
};

Repository::Repository(FolderLock lock, std::unique_ptr<RocksStore> chain, std::unique_ptr<RocksStore> records,
                       std::unique_ptr<Generations> generations)
    : lock_(std::move(lock)),
      chain_(std::move(chain)),
      records_(std::move(records)),
      generations_(std::move(generations)),
      routed_(std::make_unique<Routed>(chain_->metadata(), records_->metadata())) {}

Repository::~Repository() = default;

// An iterator of RocksDB sees the database as it was when the iterator was made.
Status Repository::visit_records(const KeyValue::Visit& visit) {
    return records_->metadata().for_each("", visit);
}

Status Repository::forget_removed() {
    return records_->forget_removed();
}

Status Repository::verify() {
    STRATA_OK(chain_->verify());
    return records_->verify();
}

KeyValue& Repository::records() {
    return *routed_;
}

Result<std::unique_ptr<Repository>> Repository::open(const fs::path& folder) {
    STRATA_TRY(auto lock, FolderLock::take(folder, FileAccess::owner_only));
    STRATA_OK(bring_up_to_date(folder, kSteps));
    // The keys are opened first: if they cannot be read, nothing else is changed.
    STRATA_TRY(auto records, RocksStore::open(folder / "records", Content::records));
    STRATA_TRY(auto chain, RocksStore::open(folder / "chain", Content::chain));
    auto generations = std::make_unique<Generations>(chain->families(), chain->metadata());
    STRATA_OK(generations->open());
    return std::unique_ptr<Repository>(
        new Repository(std::move(lock), std::move(chain), std::move(records), std::move(generations)));
}

}  // namespace strata::store
