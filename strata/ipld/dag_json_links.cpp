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
    bool start_object(std::size_t) override { return open(/*is_list=*/false); }
    bool start_array(std::size_t) override { return open(/*is_list=*/true); }
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
        if (!level.slash) return end_value({});
        if (level.keys != 1)
            return refuse(fail(Errc::malformed, "DAG-JSON: a map has the key \"/\" and other keys, expected it alone"));
        auto cid = Cid::parse(*level.slash);
        if (!cid) return refuse(std::move(cid.error()).with_context("DAG-JSON link"));
        return end_value(*cid);
    }
    bool end_array() override {
        levels_.pop_back();
        return end_value({});
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
        std::optional<std::string> slash;  // the string at the key "/"
        bool on_path = false;              // the path leads through the current entry
    };

    bool refuse(Error why) {
        if (!error) error = std::move(why);
        return false;
    }
    // Returns true if the path's name at `depth` is `name`, and the path leads to the map or list that has this entry.
    bool is_next_name(std::size_t depth, std::string_view name) const {
        const bool above = depth == 0 || levels_[depth - 1].on_path;
        return names_ != nullptr && above && depth < names_->size() && (*names_)[depth] == name;
    }
    // The entries of a list have indices, which count as their names.
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
    // `text` is null unless the value is a string.
    bool scalar(std::string* text) {
        begin_value();
        if (text != nullptr && !levels_.empty() && levels_.back().at_slash) levels_.back().slash = std::move(*text);
        return end_value({});
    }
    // Ends a value at the place that `levels_` names; `link` is the value if it is a link. A path ends where its names
    // are used up, or at the first link, because the rest is in a different block.
    bool end_value(const std::optional<Cid>& link) {
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
    const bool is_json = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    if (reader.error) return *reader.error;
    return is_json ? Status{} : fail(Errc::malformed, "DAG-JSON: the block is not JSON");
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
    if (reader.found) return *reader.found;
    std::string path;
    for (const auto& name : names) path += "/" + name;
    return fail(Errc::not_found, "the block has no value at the path " + path.substr(0, 200));
}

}  // namespace strata
