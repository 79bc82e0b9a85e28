/* SPDX-License-Identifier: MIT */
/*
 * Shows one slide at a time. No network, no storage: the slide is in the address
 * (#7), so that reload and back do what a person expects.
 */
'use strict';
(function () {
    const slides = Array.from(document.querySelectorAll('section.level2'));
    const stage = document.getElementById('stage');
    const panel = document.getElementById('notes');
    const count = document.getElementById('count');
    const pageRule = document.getElementById('page');
    let now = 0, typed = '', speaker = null;
    const begun = Date.now();

    function notesOf(i) {
        const found = slides[i] && slides[i].querySelector('.notes');
        return found ? found.innerHTML : '';
    }
    function titleOf(i) {
        const found = slides[i] && slides[i].querySelector('h1, h2');
        return found ? found.textContent : 'the end';
    }
    function fit() {
        const notes = document.body.classList.contains('with-notes');
        const high = innerHeight * (notes ? 0.66 : 1);
        const scale = Math.min(innerWidth / 1280, high / 720);
        stage.style.transform = 'translate(' + (innerWidth - 1280 * scale) / 2 + 'px,' +
            (high - 720 * scale) / 2 + 'px) scale(' + scale + ')';
    }
    function tell() {
        if (speaker && !speaker.closed)
            speaker.postMessage({ at: now, of: slides.length, title: titleOf(now),
                next: titleOf(now + 1), notes: notesOf(now), begun: begun }, '*');
    }
    function show(i) {
        now = Math.max(0, Math.min(slides.length - 1, i));
        slides.forEach((s, k) => s.classList.toggle('current', k === now));
        panel.innerHTML = notesOf(now);
        count.textContent = (now + 1) + ' / ' + slides.length;
        history.replaceState(null, '', '#' + (now + 1));
        fit();
        tell();
    }
    function toggleNotes() {
        const on = document.body.classList.toggle('with-notes');
        panel.hidden = !on;
        pageRule.textContent = on ? '@page { size: A4 portrait; margin: 12mm }'
            : '@page { size: 1280px 720px; margin: 0 }';
        fit();
    }
    function openSpeaker() {
        speaker = window.open(location.href.split('#')[0] + '#speaker', 'ipclab-speaker',
            'width=900,height=700');
    }
    /* Which slides do not fit: for slides/look.sh, by #check. */
    function check() {
        const bad = [];
        document.body.classList.add('overview');
        slides.forEach((s, i) => {
            const box = s.getBoundingClientRect();
            for (const part of s.querySelectorAll('*')) {
                if (part.closest('.notes, .keys, defs, title, style'))
                    continue;
                const r = part.getBoundingClientRect();
                if (r.width > 0 && (r.right > box.right - 2 || r.bottom > box.bottom - 2 ||
                        r.left < box.left || r.top < box.top)) {
                    bad.push((i + 1) + ' (' + titleOf(i) + '): <' + part.tagName + '> ' +
                        (part.textContent || '').trim().slice(0, 40));
                    break;
                }
            }
        });
        document.body.innerHTML = '<pre id="found">' + slides.length + ' slides, ' + bad.length +
            ' do not fit\n' + bad.join('\n').replace(/</g, '&lt;') + '</pre>';
    }
    function beSpeaker() {
        let last = null;
        document.body.className = 'speaker';
        document.title = 'Notes: ' + document.title;
        addEventListener('message', (e) => {
            last = e.data;
            document.body.innerHTML = '<span id="clock"></span><h2></h2><p class="next"></p><div></div>';
            document.querySelector('h2').textContent = (last.at + 1) + '/' + last.of + '  ' + last.title;
            document.querySelector('.next').textContent = 'Next: ' + last.next;
            document.querySelector('div').innerHTML = last.notes;
        });
        document.body.innerHTML = '<p>Waiting for the slides...</p>';
        setInterval(() => {
            const clock = document.getElementById('clock');
            if (!clock || !last) return;
            const s = Math.floor((Date.now() - last.begun) / 1000);
            clock.textContent = Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0');
        }, 500);
        addEventListener('keydown', (e) => opener && opener.postMessage({ key: e.key }, '*'));
        if (opener) opener.postMessage({ key: 'hello' }, '*');
    }
    function press(key) {
        if (/^[0-9]$/.test(key)) { typed += key; return true; }
        const number = Number(typed);
        typed = '';
        switch (key) {
        case 'ArrowRight': case 'ArrowDown': case 'PageDown': case ' ': show(now + 1); break;
        case 'ArrowLeft': case 'ArrowUp': case 'PageUp': case 'Backspace': show(now - 1); break;
        case 'Home': show(0); break;
        case 'End': show(slides.length - 1); break;
        case 'Enter': show(number ? number - 1 : now + 1); break;
        case 'n': toggleNotes(); break;
        case 's': openSpeaker(); break;
        case 'o': document.body.classList.toggle('overview'); break;
        case 'p': print(); break;
        case 'hello': tell(); break;
        default: return false;
        }
        return true;
    }

    const want = location.hash.slice(1);
    if (want === 'speaker') { beSpeaker(); return; }
    if (want === 'check') { check(); return; }
    addEventListener('keydown', (e) => {
        if (!e.ctrlKey && !e.altKey && !e.metaKey && press(e.key)) e.preventDefault();
    });
    addEventListener('message', (e) => {
        if (e.source === speaker && e.data && typeof e.data.key === 'string') press(e.data.key);
    });
    addEventListener('resize', fit);
    addEventListener('hashchange', () => show((Number(location.hash.slice(1)) || 1) - 1));
    stage.addEventListener('click', (e) => {
        if (document.body.classList.contains('overview')) {
            const at = slides.indexOf(e.target.closest('section.level2'));
            document.body.classList.remove('overview');
            if (at >= 0) show(at);
        } else if (!e.target.closest('a')) {
            show(now + 1);
        }
    });
    show((Number(want) || 1) - 1);
    if (want === 'notes') toggleNotes();
    if (want === 'overview') document.body.classList.add('overview');
}());
