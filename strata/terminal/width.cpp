#include <strata/terminal/width.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace strata::terminal {
namespace {

/// Returns true for a byte that goes on with a character of UTF-8 (RFC 3629 §3).
bool goes_on(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::size_t characters(std::string_view text) {
    std::size_t out = 0;
    for (const char byte : text) out += goes_on(byte) ? 0 : 1;
    return out;
}

/// Returns the column at which the value of a line begins, or its first word if it has no name. A value that begins in
/// the right half of the line would leave too little room.
std::size_t indent_of(std::string_view line, std::size_t columns) {
    const auto first = std::min(line.find_first_not_of(' '), line.size());
    const auto gap = line.find("  ", first);
    const auto value = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
    if (value == std::string_view::npos) return characters(line.substr(0, first));
    const auto column = characters(line.substr(0, value));
    return column <= columns / 2 ? column : characters(line.substr(0, first));
}

std::string folded_line(std::string_view line, std::size_t columns) {
    if (characters(line) <= columns) return std::string(line);
    const auto indent = indent_of(line, columns);
    // The text before the indent is not broken: it is the name, or spaces.
    std::size_t at = 0;
    for (std::size_t column = 0; at < line.size() && column < indent; ++at) column += goes_on(line[at]) ? 0 : 1;
    while (at < line.size() && goes_on(line[at])) ++at;
    std::string out(line.substr(0, at));
    std::size_t column = indent;
    bool begins = true;  // nothing stands behind the indent yet
    while (at < line.size()) {
        const auto word = std::min(line.find_first_not_of(' ', at), line.size());
        const auto end = std::min(line.find(' ', word), line.size());
        const auto spaces = word - at;
        const auto length = characters(line.substr(word, end - word));
        // A word that does not fit into the next line either stays, so that a command can be copied.
        if (!begins && column + spaces + length > columns && length + indent <= columns) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else {
            out.append(spaces, ' ');
            column += spaces;
        }
        out += line.substr(word, end - word);
        column += length;
        begins = false;
        at = end;
    }
    return out;
}

}  // namespace

std::size_t columns_of(std::FILE* stream) {
    const int file = ::fileno(stream);
    winsize size{};
    if (file < 0 || ::isatty(file) == 0 || ::ioctl(file, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

std::string cut(std::string_view line, std::size_t columns) {
    if (columns == 0 || characters(line) <= columns) return std::string(line);
    std::size_t at = 0;
    for (std::size_t column = 0; at < line.size(); ++at) {
        if (goes_on(line[at])) continue;
        if (++column == columns) break;
    }
    return std::string(line.substr(0, at)) + "…";
}

std::string folded(std::string_view text, std::size_t columns) {
    if (columns == 0) return std::string(text);
    std::string out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        out += folded_line(text.substr(0, end), columns);
        if (end == std::string_view::npos) break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace strata::terminal
