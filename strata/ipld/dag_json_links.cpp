#include <strata/ipld/dag_json_links.hpp>

#include <nlohmann/json.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxDepth = 128;

// Takes the events of nlohmann's parser, which does not recurse. Returning false stops the parser; `error` says why.
class LinkReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    // Makes a reader. `names` is the path to follow; if it is null, all links are collected.
    explicit LinkReader(const std::span<const std::string>* names) : names_(names) {}

    std::optional<Error> error;
    std::vector<Cid> links;
    std::optional<PathInBlock> found;

    bool null() override { return scalar(nullptr); }
    bool boolean(bool) override { return scalar(nullptr); }
    bool number_integer(std::int64_t) override { return scalar(nullptr); }
    bool number_unsigned(std::uint64_t) override { return scalar(nullptr); }
    bool number_float(double, const std::string&) override { return scalar(nullptr); }
    bool string(std::string& value) override { return scalar(&value); }
    bool binary(nlohmann::json::binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(false); }
    bool start_array(std::size_t) override { return open(true); }
    bool key(std::string& key) override {
        auto& level = levels_.back();
        ++level.keys;
        level.at_slash = key == "/";
        level.on_path = is_next_name(levels_.size() - 1, key);
        return true;
    }
    bool end_object() override {
        const auto level = std::move(levels_.back());
        levels_.pop_back();
        if (!level.slash) return done({});
        if (level.keys != 1) return refuse(fail(Errc::malformed, "DAG-JSON: a map has other keys beside \"/\""));
        auto cid = Cid::parse(*level.slash);
        if (!cid) return refuse(std::move(cid.error()).with_context("DAG-JSON link"));
        return done(*cid);
    }
    bool end_array() override {
        levels_.pop_back();
        return done({});
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem) override {
        return refuse(fail(Errc::malformed, std::string("DAG-JSON: ") + problem.what()));
    }

  private:
    struct Level {
        bool is_list = false;
        std::uint64_t index = 0;  // the index of a list's next entry
        std::uint64_t keys = 0;
        bool at_slash = false;             // the current key is "/"
        std::optional<std::string> slash;  // the text at the key "/"
        bool on_path = false;              // the path leads through the current entry
    };

    bool refuse(Error why) {
        if (!error) error = std::move(why);
        return false;
    }
    // Returns true if `name` is the path's entry at `depth`, below entries that are on the path too.
    bool is_next_name(std::size_t depth, std::string_view name) const {
        const bool above = depth == 0 || levels_[depth - 1].on_path;
        return names_ != nullptr && above && depth < names_->size() && (*names_)[depth] == name;
    }
    void begin_value() {
        if (levels_.empty() || !levels_.back().is_list) return;
        auto& list = levels_.back();
        list.on_path = is_next_name(levels_.size() - 1, std::to_string(list.index++));
    }
    bool open(bool is_list) {
        begin_value();
        if (levels_.size() == kMaxDepth)
            return refuse(fail(Errc::too_large, "DAG-JSON: the text is nested deeper than 128 levels"));
        levels_.push_back({.is_list = is_list, .slash = {}});
        return true;
    }
    bool scalar(std::string* text) {
        begin_value();
        if (text != nullptr && !levels_.empty() && levels_.back().at_slash) levels_.back().slash = std::move(*text);
        return done({});
    }
    // Ends a value at the place that `levels_` names. A path ends at the first link on it, because what follows lies in
    // another block, or where its names are used up.
    bool done(const std::optional<Cid>& link) {
        if (names_ == nullptr) {
            if (link) links.push_back(*link);
            return true;
        }
        const bool on_path = levels_.empty() || levels_.back().on_path;
        if (on_path && !found && (link || levels_.size() == names_->size()))
            found = PathInBlock{.link = link, .used = levels_.size()};
        return true;
    }

    const std::span<const std::string>* names_;
    std::vector<Level> levels_;
};

Status read(std::string_view text, LinkReader& reader) {
    const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    if (reader.error) return *reader.error;
    return whole ? Status{} : fail(Errc::malformed, "DAG-JSON: the block is not JSON");
}

}  // namespace

Result<std::vector<Cid>> dag_json_links(std::string_view text) {
    LinkReader reader(nullptr);
    STRATA_OK(read(text, reader));
    return std::move(reader.links);
}

Result<PathInBlock> follow_dag_json(std::string_view text, std::span<const std::string> names) {
    LinkReader reader(&names);
    STRATA_OK(read(text, reader));
    if (!reader.found)
        return fail(Errc::not_found, "the block has no value at the path's '" + names.back().substr(0, 200) + "'");
    return *reader.found;
}

}  // namespace strata
