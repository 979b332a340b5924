import re
from base64 import b64decode
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from inkdigits.networks.architecture import FAST, PUBLISHED, TUTORIAL
from inkdigits.networks.arithmetic import summarise
from inkdigits.plots.png import SIGNATURE
from inkdigits.reports.page import render
from inkdigits.runs.manifest import BaseRecord, ConfidenceRecord

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CHANGES = "How far training images may be changed"
REFERENCES = ("src", "href", "srcset", "data", "action", "poster")


def table(page, label):
    (found,) = [t for t in page.all("table") if t.one("caption").text == label]
    return found


class TestOneFile:
    def test_nothing_outside_the_file_is_referred_to(self, page):
        references = [
            element.attributes[name]
            for element in page().all()
            for name in REFERENCES
            if name in element.attributes
        ]
        assert len(references) > 10
        assert all(reference.startswith(("data:", "#")) for reference in references)

    def test_style_asks_for_nothing_and_there_is_no_script(self, page):
        style = page().one("style").text
        assert "url(" not in style and "@import" not in style
        assert not list(page().all("script"))

    def test_every_link_inside_the_page_has_its_target(self, page):
        root = page()
        ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids))
        targets = [link.attributes["href"] for link in root.all("a")]
        assert {target.removeprefix("#") for target in targets} <= set(ids)

    def test_plots_are_inside_the_file_byte_for_byte(self, page, make_content):
        content = make_content()
        inside = [b64decode(i.attributes["src"].partition(",")[2]) for i in page().all("img")]
        assert all(png.startswith(SIGNATURE) for png in inside)
        shown = [name for name, png in content.plots.items() if png in inside]
        assert shown == ["samples", "augmented-batch", "curves", "confusion-matrix", "calibration"]

    def test_the_same_content_gives_the_same_page(self, make_content):
        assert render(make_content()) == render(make_content())


class TestForEveryReader:
    def test_language_title_and_viewport(self, page):
        root = page()
        assert root.one("html").attributes["lang"] == "en"
        assert root.one("title").text == "tutorial on mnist: 80.00 %"
        viewport = root.one("meta", name="viewport").attributes["content"]
        assert viewport == "width=device-width, initial-scale=1"

    @pytest.mark.parametrize("recipe", ["tutorial", "published"])
    def test_headings_skip_no_level(self, page, make_content, recipe):
        levels = [int(e.tag[1]) for e in page(make_content(recipe)).all() if e.tag in HEADINGS]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_every_picture_says_what_it_shows(self, page):
        assert all(image.attributes["alt"] for image in page().all("img"))

    def test_every_header_cell_has_a_scope(self, page):
        assert all("scope" in cell.attributes for cell in page().all("th"))

    def test_every_table_scrolls_inside_a_named_box_that_keys_reach(self, page):
        for found in page().all("table"):
            box = found.parent.attributes
            assert box["role"] == "region" and box["aria-label"] and box["tabindex"] == "0"

    def test_the_contents_name_every_section_in_order(self, page):
        root = page()
        links = [link.text for link in root.one("nav").all("a")]
        assert links == [heading.text for heading in root.all("h2")]


class TestResult:
    def test_the_main_figure_with_its_interval_and_the_facts(self, page):
        result = page().one("section", id="result").text
        assert "80.00 %" in result
        assert "8 of 10; 95 % interval 78.00 % to 82.00 %" in result
        facts = {
            row.one("dt").text: row.one("dd").text
            for row in page().one("dl", class_="facts").children
            if not isinstance(row, str)
        }
        assert facts == {
            "Recipe": "tutorial",
            "Network": "tutorial",
            "Parameters": "601,706",
            "Epochs": "2",
            "Training time": "2 min 5 s",
            "Speed": "4,321 images/s",
            "Precision": "float32",
            "Seed": "7",
        }

    def test_the_bar_puts_interval_and_figure_in_place(self, page):
        # On an axis from 50 % to 100 %, 78 % lies at 56 %, and the figure, 80 %, at 60 %.
        section = page().one("section", id="result")
        assert (
            "left: 56.00%; width: 8.00%" in section.one(class_="scale-interval").attributes["style"]
        )
        assert section.one(class_="scale-point").attributes["style"] == "left: 60.00%"

    def test_a_run_that_went_on_from_another_tells_what_that_could_do(self, page, make_content):
        content = make_content()
        before, known_before, known_after = (
            content.manifest.test.model_copy(update={"accuracy": share, "n": n})
            for share, n in ((0.7, 10), (0.97, 100), (0.96, 100))
        )
        base = BaseRecord(
            network="shipped",
            sha256="00",
            before=before,
            known_data="mnist",
            known_before=known_before,
            known_after=known_after,
        )
        manifest = content.manifest.model_copy(update={"base": base})
        text = page(replace(content, manifest=manifest)).one("section", id="result").text
        assert "it went on from shipped, which reads 70.00 % of these images." in text
        assert "of the 100 test images there it reads 96.00 %, before it read 97.00 %." in text
        assert "went on from" not in page().one("section", id="result").text


class TestFlaws:
    def test_both_figures_stand_side_by_side_for_augmented_test(self, page, make_content):
        pair = page(make_content("published")).one(class_="pair")
        augmented, clean = pair.all("div", class_="card")
        assert "97.89 %" in augmented.text and "9,773 of 9,984 augmented" in augmented.text
        assert "80.00 %" in clean.text and "8 of 10 test images" in clean.text

    def test_the_lost_normalisation_is_explained_with_numbers(self, page, make_content):
        flaws = page(make_content("published")).one("section", id="flaws").text
        assert "594,922" in flaws and "601,706" in flaws and "never adds them" in flaws

    def test_other_recipes_have_no_such_section(self, page):
        root = page()
        assert not list(root.all(id="flaws")) and not list(root.all(class_="pair"))
        assert not [link for link in root.all("a") if link.attributes["href"] == "#flaws"]

    def test_a_network_with_its_normalisations_is_not_blamed(self, page, make_content):
        content = make_content("published")
        mended = replace(content, recipe=content.recipe.replace(network="tutorial"))
        flaws = page(mended).one("section", id="flaws")
        assert list(flaws.all(class_="pair")) and "BatchNormalization" not in flaws.text


class TestData:
    def test_classes_are_counted(self, page):
        rows = table(page(), "Images of each class").rows()
        assert len(rows) == 10
        assert rows[3] == ["3", "5,003", "", "1"]

    def test_it_says_whether_images_were_held_out(self, page, make_content):
        assert "Another 5,000 images" in page().one("section", id="data").text
        published = page(make_content("published")).one("section", id="data").text
        assert "None were held out." in published

    def test_images_without_a_digit_are_told_where_there_are_any(self, page, make_content):
        content = make_content()
        without = page(content).one("section", id="data").text
        taught = replace(content, recipe=content.recipe.replace(no_digits=6000))
        assert "without any digit" not in without
        assert "it sees 6,000 images without any digit" in page(taught).one(id="data").text


class TestAugmentation:
    def test_ranges_have_units_and_pixels(self, page):
        rows = table(page(), CHANGES).rows()
        limits = {row[0]: row[1] for row in rows}
        assert limits["rotation"] == "up to 8° either way: 1.9 pixels at the edge"
        assert limits["width shift"] == "up to 0.08 of the width either way: 2.2 pixels"
        assert limits["zoom"] == "0.92 to 1.08 times the size"

    def test_changes_of_ink_are_told_too(self, page, make_content):
        content = make_content()
        inked = content.recipe.replace(augmentation={"texture": 0.3, "plain_share": 0.25})
        section = page(replace(content, recipe=inked)).one("section", id="augmentation")
        limits = {row[0]: row[1] for row in table(section, CHANGES).rows()}
        assert limits["texture"] == "up to 0.3 of full ink"
        assert limits["plain share"] == "25 % of the images"
        assert limits["rotation"] == "none"

    def test_a_recipe_that_moves_nothing_says_so(self, page, make_content):
        content = make_content()
        still = replace(content, recipe=content.recipe.replace(augmentation={"fill": "nearest"}))
        section = page(still).one("section", id="augmentation")
        assert "This recipe does without" in section.text and "as likely" not in section.text
        assert not list(section.all("img")) and not list(section.all("table"))


class TestNetwork:
    def test_the_examples_are_layers_that_learn(self, page, make_content):
        content = replace(make_content(), summary=summarise(FAST))
        section = page(content).one("section", id="network").text
        assert "In conv1: (3*3*16) * 48 + 48 = 6,960" in section

    @pytest.mark.parametrize("architecture", [TUTORIAL, PUBLISHED], ids=lambda a: a.name)
    def test_every_layer_has_its_row_with_both_formulas(self, page, make_content, architecture):
        content = replace(make_content(), summary=summarise(architecture))
        rows = table(page(content), "The layers in order").rows()
        layers = content.summary.layers
        assert [(r[0], r[1], r[3], r[4]) for r in rows] == [
            (layer.name, layer.type, layer.shape_formula, layer.params_formula) for layer in layers
        ]
        assert rows[0][2] == "26 \N{MULTIPLICATION SIGN} 26 \N{MULTIPLICATION SIGN} 32"

    def test_totals(self, page):
        foot = table(page(), "The layers in order").one("tfoot").text
        assert foot == "Parameters in all601,706 of them changed by training598,314"

    def test_normalisation_is_explained_where_there_is_some(self, page, make_content):
        assert "Batch normalisation learns" in page().one("section", id="network").text
        published = page(make_content("published")).one("section", id="network").text
        assert "Batch normalisation" not in published


class TestTraining:
    def test_each_epoch_has_its_row(self, page):
        assert table(page(), "Figures of each epoch").rows() == [
            ["1", "0.1732", "94.58 %", "0.0517", "98.30 %", "0.002", "1 min 0 s"],
            ["2", "0.0387", "98.72 %", "0.0224", "99.46 %", "0", "2 min 5 s"],
        ]

    def test_the_best_epoch_is_named_where_it_was_not_the_last(self, page, make_content):
        content = make_content()
        best_first = replace(content, history=content.history[::-1])
        text = page(best_first).one("section", id="training").text
        assert "highest after epoch 2, with 99.46 %; after the last it was 98.30 %" in text
        assert "highest after the last epoch, with 99.46 %" in page().one(id="training").text

    def test_many_epochs_scroll_in_a_box(self, page, make_content):
        content = make_content()
        long = replace(content, history=content.history * 75)
        found = table(page(long), "Figures of each epoch")
        assert len(found.rows()) == 150
        assert found.parent.attributes["class"] == "scroll tall"


class TestFigures:
    def test_tiles_hold_the_figures(self, page, make_content):
        tiles = page().one("dl", class_="tiles")
        values = [value.text for value in tiles.all("dd", class_="value")]
        found = make_content().evaluation
        assert values[0] == "80.00 %"
        # Two mistakes, the truth having 1/8 and 1/16: (log 8 + log 16) / 10.
        assert values[1] == f"{np.log(128) / 10:.4f}" == f"{found.log_loss:.4f}"
        assert "costs 2.30" in tiles.text

    def test_recall_and_precision_of_each_class(self, page):
        rows = table(page(), "Precision and recall of each class").rows()
        assert rows[4] == ["4", "1", "0.00 %", "n/a", "9, once"]
        assert rows[9] == ["9", "1", "100.00 %", "50.00 %", "never mistaken"]

    def test_the_most_frequent_mix_ups_are_told(self, page):
        text = page().one("section", id="figures").text
        assert "4 read as 9 (once), 7 read as 1 (once)." in text


class TestConfidence:
    @pytest.mark.parametrize(
        ("right", "verdict"),
        [(7, "about as sure"), (10, "too modest"), (2, "surer than it should be")],
    )
    def test_it_says_whether_the_network_is_too_sure(self, page, make_content, right, verdict):
        rows = [[0.7, 0.3]] * 10
        labels = np.array([0] * right + [1] * (10 - right), np.uint8)
        content = make_content("tutorial", np.array(rows, np.float32), labels, ("a", "b"))
        text = page(content).one("section", id="confidence").text
        assert "was 70.00 % sure" in text and verdict in text

    def test_it_tells_temperature_score_and_threshold(self, page, make_content, change):
        record = ConfidenceRecord(temperature=0.5, score="energy", threshold=-4.25, areas={})
        text = page(change(make_content(), confidence=record)).one(id="confidence").text
        assert "temperature, 0.500, is what" in text
        assert "above 1 it makes every answer less sure, below 1 surer" in text
        assert "energy, says how strange a picture looks to the network: how small" in text
        assert "threshold of -4.25 a picture is rejected" in text and "at most 1 % of" in text

    def test_a_score_that_it_has_no_words_for_is_told_by_its_name(self, page, make_content, change):
        record = ConfidenceRecord(temperature=1.0, score="<new>", threshold=1.0, areas={})
        text = page(change(make_content(), confidence=record)).one(id="confidence").text
        assert "<new>, says how strange a picture looks to the network. Above" in text

    def test_without_any_it_says_so(self, page):
        text = page().one("section", id="confidence").text
        assert "confidence is as training left it" in text and "temperature" not in text


class TestAgain:
    def test_command_seed_checksum_versions_and_machine(self, page):
        section = page().one("section", id="again")
        assert (
            section.one("pre", class_="command").text
            == "inkdigits train --recipe tutorial --seed 7"
        )
        facts = dict(table(section, "Data, versions and machine").rows())
        assert facts["SHA-256 of the data"] == "abc123" * 10 + "beef"
        assert facts["Versions"] == "inkdigits 1.2.3, Python 3.11.2, keras 3.15.1, numpy 2.3.0"
        assert facts["Machine"] == "A Processor, 2 cores, Linux"

    def test_time_of_each_part_and_the_whole(self, page):
        times = table(page(), "Time of each part")
        assert times.rows() == [["data", "1.0 s", ""], ["train and validate", "2 min 10 s", ""]]
        assert "2 min 20 s" in times.one("tfoot").text

    def test_the_recipe_is_there_as_json(self, page, make_content):
        first = next(page().one("section", id="again").all("details"))
        assert '"label_smoothing": 0.0' in first.text
        json = "".join(first.one("pre").one("code").children)
        assert make_content().recipe.from_json(json) == make_content().recipe


HOSTILE = '</title><script>alert("1")</script><img src=x onerror=alert(1)>'


class TestEscaping:
    def test_hostile_class_names_stay_text(self, page, make_content):
        probabilities = np.array([[0.25, 0.75], [0.25, 0.75]], np.float32)
        names = (HOSTILE, '" onload="alert(1)')
        content = make_content("tutorial", probabilities, np.array([0, 1], np.uint8), names)
        root = page(content)
        assert not list(root.all("script"))
        assert not [e for e in root.all() if {"onerror", "onload"} & e.attributes.keys()]
        assert [row[0] for row in table(root, "Images of each class").rows()] == list(names)

    @pytest.mark.parametrize("field", ["command", "finished", "inkdigits"])
    def test_hostile_facts_stay_text(self, page, make_content, change, field):
        root = page(change(make_content(), **{field: HOSTILE}))
        assert not list(root.all("script"))
        assert HOSTILE in root.text

    def test_hostile_data_recipe_packages_and_timing_stay_text(self, page, make_content, change):
        content = make_content()
        facts = content.manifest
        recipe = content.recipe.model_copy(update={"name": HOSTILE})
        root = page(
            change(
                replace(content, recipe=recipe),
                data=facts.data.model_copy(update={"name": HOSTILE}),
                machine=facts.machine.model_copy(update={"packages": {HOSTILE: HOSTILE}}),
                timing={HOSTILE: 1.0},
                sha256={HOSTILE: HOSTILE},
            )
        )
        assert not list(root.all("script"))
        assert root.one("title").text.startswith(f"{HOSTILE} on {HOSTILE}")
        assert not [e for e in root.all() if "onerror" in e.attributes]


def test_numbers_are_written_alike(make_content):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", render(make_content()), flags=re.DOTALL)
    assert not re.search(r"\d%", text)
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b|Undefined", text)
